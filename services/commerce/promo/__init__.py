"""Promo codes: made by admins, entered by buyers, taken by orders."""
