"""Questions about many rows at once, for lists and tables."""
