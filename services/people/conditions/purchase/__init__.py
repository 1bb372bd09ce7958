"""Conditions on what the person bought, and what that opened."""
