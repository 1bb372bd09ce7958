"""How people get into a deployed course: its door, tokens and cohorts."""
