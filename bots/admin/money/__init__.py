"""What admins do with orders, money and partners."""
