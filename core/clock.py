"""The clock port: the product's time, which a sandbox may move, and the machine's own."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Schedules, dates and access ends follow `now`; back-off, leases and pace follow the real ones."""

    def now(self) -> datetime:
        """The product's time, aware UTC."""
        ...

    def real_now(self) -> datetime:
        """The machine's time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...


class SystemClock:
    """The machine's clock, moved by `offset` (zero unless a sandbox says otherwise)."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The machine's time plus the offset."""
        return datetime.now(UTC) + self.offset

    def real_now(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic seconds."""
        return time.monotonic()
