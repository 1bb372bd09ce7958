"""What a Telegram remembers: people, chats, files, updates, its clock, its limits and planned trouble."""
