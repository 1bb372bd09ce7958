"""The SQL of sums: the ledger, refunds, promo codes."""
