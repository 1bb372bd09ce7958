"""Use cases that need neighbouring rooms; no SQL."""
