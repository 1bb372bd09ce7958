"""From the outbox to Telegram: at its pace, in the person's language."""
