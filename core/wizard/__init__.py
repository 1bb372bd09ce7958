"""What an author makes step by step in a chat, as pure decisions: which screen comes, what is kept, what is asked next."""
