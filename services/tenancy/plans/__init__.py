"""Plans of accounts: what is offered, what an account is on, and the one question whether there is room for more."""
