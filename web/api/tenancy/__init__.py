"""The room of the account over HTTP: itself and its members, its bots and groups, who takes its money, its first run."""
