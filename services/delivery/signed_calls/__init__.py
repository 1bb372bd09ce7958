"""Signed calls to other systems, at addresses of the internet alone."""
