"""Saying things to people: broadcasts."""
