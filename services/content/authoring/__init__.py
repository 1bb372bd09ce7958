"""How authors work on a flow together: what they say to each other about it."""
