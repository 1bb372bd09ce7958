"""Posts an admin forwards to a bot: gathered, put in order, made a course."""
