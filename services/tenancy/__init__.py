"""Who owns what: accounts and their bots."""
