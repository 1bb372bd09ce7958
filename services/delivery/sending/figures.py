"""How delivery is doing, in numbers that an index has ready: what is over is not counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import Database
from services.delivery.store import inbox, timers
from services.delivery.store.sending import figures


@dataclass(frozen=True)
class Figures:
    """Of the whole process; `tick_lag` in seconds."""

    updates_waiting: int
    calls: Mapping[str, int]
    timers_due: int
    tick_lag: float


async def take_figures(db: Database) -> Figures:
    """Count what waits."""
    now = db.clock.now()
    async with db.reading() as conn:
        due = await timers.list_due(conn, now, 1)
        return Figures(
            updates_waiting=await inbox.count_waiting(conn),
            calls=await figures.count_unfinished(conn),
            timers_due=await timers.count_due(conn, now),
            tick_lag=(now - due[0].due_at).total_seconds() if due else 0.0,
        )
