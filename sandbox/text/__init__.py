"""Texts as Telegram sees them: UTF-16 lengths, parse modes, entities."""
