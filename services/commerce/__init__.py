"""Money and access: tariffs, orders, payments, groups."""
