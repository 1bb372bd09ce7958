"""The bot that teaches."""
