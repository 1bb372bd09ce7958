"""What people did with a broadcast."""
