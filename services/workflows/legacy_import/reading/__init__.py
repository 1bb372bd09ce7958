"""Reads the JSON files of the older bot into values."""
