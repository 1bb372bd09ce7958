"""The people: contacts, their chats with our bots, their variables."""
