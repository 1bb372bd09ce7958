"""The commands for courses, scenarios and what is sold."""
