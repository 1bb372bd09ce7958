"""The room of messaging: what is said to one person and to many."""
