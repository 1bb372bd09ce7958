"""The tables of content."""
