"""What people do in Telegram: start bots, write, press, open links, join and leave."""
