"""People of the older platform: its tables as CSV become runs, histories, timers, bans and lists."""
