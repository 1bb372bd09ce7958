"""The statements about plans, and how much an account has of what they limit."""
