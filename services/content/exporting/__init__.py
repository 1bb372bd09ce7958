"""Courses as files that import to the same."""
