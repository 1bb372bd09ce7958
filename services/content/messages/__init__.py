"""An author's message on its way to Telegram: templates, buttons, media."""
