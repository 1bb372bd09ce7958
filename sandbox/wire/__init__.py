"""One call as it comes in: forms, parameters, the schema, and errors in Telegram's words."""
