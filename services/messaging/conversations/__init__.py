"""The inbox: what people and bots say to each other, and what somebody of the team says as the bot."""
