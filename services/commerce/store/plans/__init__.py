"""What is paid otherwise than once, and by who uses it."""
