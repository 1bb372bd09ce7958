"""Notices that the clock was far ahead and is right again, and has what was stored by it put right."""

from datetime import datetime, timedelta

from loguru import logger

from core.db.session import Database
from services.delivery import timers
from services.workflows.set_back.putting_right import put_right

FAR = timedelta(days=1)  # what lies less far ahead comes by itself, a day late at most
SURE_SECONDS = 3600.0  # a clock that is itself wrong after the start of a machine is right by then


class ClockWatch:
    """Remembers the latest time that this process has seen or that a timer was set at before."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._latest: datetime | None = None
        self._behind: tuple[float, timedelta] | None = None  # since when it is, and by how much

    async def look(self) -> bool:
        """Put right what the clock left in the future, once it has been far behind that for long; whether it did."""
        now, monotonic = self._db.clock.now(), self._db.clock.monotonic()
        if self._latest is None:
            self._latest = await timers.find_last_set(self._db) or now
        if now >= self._latest - FAR:
            self._latest, self._behind = max(now, self._latest), None
            return False
        if self._behind is None:
            self._behind = monotonic, self._latest - now
            logger.bind(event="clock.behind").warning("the clock shows {} after {}", now, self._latest)
        since, by = self._behind
        if monotonic - since < SURE_SECONDS:
            return False
        await put_right(self._db, now + FAR, by)
        logger.bind(event="clock.put_right").warning("what was stored {} ahead is put right", by)
        self._latest, self._behind = now, None
        return True
