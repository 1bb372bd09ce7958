"""The bot that sells."""
