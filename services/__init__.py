"""Use cases: load, decide, save, queue effects; rooms that meet only in reactions."""
