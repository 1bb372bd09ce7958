"""Who works in the account, and in which roles."""
