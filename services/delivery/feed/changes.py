"""What has changed, for who watches: a row per change, in the unit that changes it. It says which row, and nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.db.models.delivery_feed import feed
from core.db.session import Database, Row, UnitOfWork
from core.public_ids import KINDS, Kind
from services.delivery.store import feed as store

BELL = "feed"
"""Rings in this process when something has changed; what another process changed is seen with the next look."""
KEPT = timedelta(hours=1)
MOST = 1_000


class Topic(StrEnum):
    """What can be watched; a flow has a topic of its own, `flow:` and its id."""

    INBOX = "inbox"
    REVIEWS = "reviews"
    BROADCASTS = "broadcasts"
    ORDERS = "orders"
    JOBS = "jobs"
    FLOW = "flow"


@dataclass(frozen=True)
class Change:
    """A row that has changed."""

    id: int
    account_id: int
    topic: Topic
    kind: Kind
    row_id: int


def note_change(uow: UnitOfWork, topic: Topic, kind: Kind, row_id: int) -> None:
    """Have whoever watches hear that a row has changed, once, and once this unit has committed."""
    row = {
        "account_id": uow.account_id,
        "topic": topic.value,
        "kind": kind.name,
        "row_id": row_id,
        "at": uow.real_now,
    }
    if (feed, row) not in uow.appended:
        uow.append(feed, row)
    uow.wake(BELL)


async def list_changes(db: Database, after: int) -> list[Change]:
    """What has changed behind a change, in all accounts, the oldest first."""
    async with db.reading() as conn:
        rows = await store.list_changes(conn, after, MOST)
    return [_read(row) for row in rows]


async def list_missed(db: Database, account_id: int, after: int) -> Sequence[Change] | None:
    """What an account's watcher has missed behind a change; None if that is too long ago to say."""
    async with db.reading() as conn:
        if not await store.has_change(conn, account_id, after):
            return None
        rows = await store.list_of_account(conn, account_id, after, MOST + 1)
    return None if len(rows) > MOST else [_read(row) for row in rows]


async def find_last(db: Database) -> int:
    """The newest change."""
    async with db.reading() as conn:
        return await store.find_last(conn)


async def forget_old(db: Database) -> None:
    """Keep what was changed within the last hour."""
    async with db.transaction() as transaction:
        await store.drop_before(transaction.conn, db.clock.real_now() - KEPT)


def _read(row: Row) -> Change:
    return Change(row["id"], row["account_id"], Topic(row["topic"]), KINDS[row["kind"]], row["row_id"])
