"""The room of people: contacts, what can be asked about them, segments, and one person with all that became of them."""
