"""The SQL of insight: only questions."""
