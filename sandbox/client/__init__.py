"""A client for tests and demos: people who write, wait and press, in plain English."""
