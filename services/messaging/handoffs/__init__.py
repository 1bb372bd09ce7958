"""Talks between a person and a live operator."""
