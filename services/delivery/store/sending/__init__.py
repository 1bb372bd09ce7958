"""The SQL of the outbox: calls, who waits for whom, what is held back, recipients of broadcasts."""
