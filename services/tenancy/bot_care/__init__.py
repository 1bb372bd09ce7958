"""Bots as they come and go: connected, told of, presented to Telegram."""
