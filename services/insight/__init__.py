"""What the owner wants to know: who is where, and the numbers. Only reads."""
