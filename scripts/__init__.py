"""Chores of a developer: setting up, checking the house rules, preparing content."""
