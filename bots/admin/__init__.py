"""What admins do in Telegram; mounted into either bot."""
