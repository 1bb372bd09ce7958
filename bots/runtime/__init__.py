"""How a bot runs: updates in, messages out, at Telegram's pace."""
