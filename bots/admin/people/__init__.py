"""What admins do for one student, and about who is let in."""
