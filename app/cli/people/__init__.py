"""The commands for students and the team."""
