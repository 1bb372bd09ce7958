"""What a payment opens."""
