"""What admins do to speak to many."""
