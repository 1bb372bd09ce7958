"""Letters on their way to a mail server."""
