"""The executable: the only place that knows everything."""
