"""The Bot API as bots speak it: calls over HTTP, the table of methods, webhooks."""
