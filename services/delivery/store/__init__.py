"""The SQL of delivery, a file per table."""
