"""What the database holds about people: declared column by column, read for who asks, emptied for who wants to go."""
