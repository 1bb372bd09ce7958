"""Texts: an author's message, its templates and markup, and the product's own catalogue."""
