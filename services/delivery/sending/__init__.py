"""Which calls leave next and which may not yet, what was given up, and the figures of it."""
