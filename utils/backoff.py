"""How long to wait before the next try."""

import random
from datetime import timedelta

JITTER = 0.25
MOST_DOUBLINGS = 64  # more than any `most` allows; the power stays a number a float can hold


def delay(attempt: int, *, first: float = 0.5, most: float = 60.0) -> timedelta:
    """Exponential with jitter: attempt 1 waits about `first` seconds, never more than `most`."""
    doublings = min(MOST_DOUBLINGS, max(0, attempt - 1))
    base = min(most / (1 + JITTER), first * 2**doublings)
    return timedelta(seconds=base * random.uniform(1 - JITTER, 1 + JITTER))
