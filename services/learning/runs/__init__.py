"""The shell of the engine: runs of courses and scenarios."""
