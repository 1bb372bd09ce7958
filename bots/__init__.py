"""The Telegram edge: the only importers of aiogram."""
