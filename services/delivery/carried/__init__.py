"""What people say to each other through a bot: brought, changed, taken back."""
