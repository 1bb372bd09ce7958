"""The sandbox's clock: real time plus an offset that tests and the page may move."""

import time
from datetime import UTC, datetime
from typing import Any


def real_timestamp() -> float:
    """Return the time of those whose clock nobody moves, in seconds since the epoch."""
    return time.time()


class Clock:
    """Wall time that can be moved; `version` grows with every move, so others can wait for one."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.version = 1

    def timestamp(self) -> float:
        """Return the moved time in seconds since the epoch."""
        return real_timestamp() + self.offset

    def date(self) -> int:
        """Return the moved time as the Bot API writes it."""
        return int(self.timestamp())

    def move(self, *, advance: float = 0.0, offset: float | None = None) -> None:
        """Move by `advance` seconds, or set the whole `offset`."""
        self.offset = (self.offset if offset is None else offset) + advance
        self.version += 1

    def as_json(self) -> dict[str, Any]:
        """Return what `GET /clock` answers."""
        now = datetime.fromtimestamp(self.timestamp(), UTC).isoformat()
        return {"now": now, "offset": self.offset, "version": self.version}
