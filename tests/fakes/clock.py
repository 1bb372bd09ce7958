"""A clock for tests: it stands still until it is moved."""

from datetime import UTC, datetime, timedelta


class StillClock:
    """All three times start at a fixed moment; `advance` moves them together."""

    def __init__(self) -> None:
        self._now = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
        self._real = self._now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def real_now(self) -> datetime:
        return self._real

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, **span: float) -> None:
        by = timedelta(**span)
        self._now += by
        self._real += by
        self._monotonic += by.total_seconds()

    def set_back(self, **span: float) -> None:
        """Somebody corrects the machine's clock; what is monotonic does not hear of it."""
        by = timedelta(**span)
        self._now -= by
        self._real -= by
