"""The people behind the numbers of an account."""
