"""What both bots stand on: the pool, the way in, the way out, rendering."""
