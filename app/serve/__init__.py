"""A serving process from start to stop: wiring, workers, the job loop, the tick."""
