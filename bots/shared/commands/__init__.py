"""The commands that both bots have."""
