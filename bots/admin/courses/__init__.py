"""What admins do with courses, scenarios and what is sold."""
