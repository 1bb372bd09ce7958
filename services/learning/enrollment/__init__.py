"""The way into a course."""
