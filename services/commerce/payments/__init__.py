"""A payment's way, and its receipt."""
