"""The room of insight: the numbers, each with the people behind it."""
