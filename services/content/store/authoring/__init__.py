"""What authors say to each other."""
