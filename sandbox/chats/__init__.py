"""What happens in chats: posting, membership, keyboards, topics, polls, and how it is shown."""
