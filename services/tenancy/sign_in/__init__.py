"""How members come in over HTTP: one-time codes, Telegram's signed data, sessions, keys for programs."""
