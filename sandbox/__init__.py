"""A local Telegram: speaks the Bot API over HTTP, and lets tests and people act as its users."""
