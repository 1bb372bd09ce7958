"""The books: what became of every sum, and whether they are right."""
