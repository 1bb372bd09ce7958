"""An installation that stands still: nothing is polled, sent or charged until a person says that it goes on.

So does one that was restored: what it holds may be older than what people were told since, and the bots of the
backup may still work elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.db.session import Database, Row, UnitOfWork
from services.delivery.store import standstill as store

TOPIC = "standstill"


@dataclass(frozen=True)
class Standstill:
    """Since when, and why."""

    since: datetime
    reason: str


async def stand_still(uow: UnitOfWork, reason: str) -> None:
    """Begin one; nothing where the installation stands still already."""
    if await store.find(uow.conn) is None:
        await store.add(uow.conn, _row(uow.account_id, uow.real_now, reason))


def begin_with(account_id: int, now: datetime, reason: str) -> Mapping[str, Row]:
    """The row by its table's name, for an installation that is only being made: from a backup."""
    return {store.NAME: _row(account_id, now, reason)}


async def go_on(uow: UnitOfWork) -> bool:
    """End it; False if there is none."""
    uow.wake(TOPIC)
    return await store.remove(uow.conn)


async def find_standstill(db: Database) -> Standstill | None:
    """The one there is."""
    async with db.reading() as conn:
        row = await store.find(conn)
    return None if row is None else Standstill(row["since"], row["reason"])


def _row(account_id: int, now: datetime, reason: str) -> Row:
    return {"account_id": account_id, "since": now, "reason": reason}
