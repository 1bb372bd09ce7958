"""Courses that are imported: published or kept as drafts, put on their bots, undone."""
