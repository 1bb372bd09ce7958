"""What is wrong with an installation, asked of the world and said at once."""
