"""The room of commerce: what is sold, ordered, paid and opened, and who earns by it."""
