"""Conditions on what the person learns: courses, scenarios, how far they are."""
