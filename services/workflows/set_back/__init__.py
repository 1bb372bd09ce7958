"""A clock that was ahead and is put right."""
