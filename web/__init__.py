"""The HTTP edge: health, metrics, webhooks."""
