"""The control API under /sandbox: how tests, the demo and the chat page act as people."""
