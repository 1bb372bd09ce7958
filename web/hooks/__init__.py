"""Webhooks of Telegram and of payment providers."""
