"""The commands for orders, payments and the books."""
