"""The inbox table: updates stored before they are confirmed, taken in order per chat."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import inbox
from core.db.models.people import contacts
from core.lifecycle import InboxState
from services.delivery.schemas import DeadLetter, StoredUpdate
from services.delivery.store.due import by, is_due

EARLIER = inbox.alias("earlier")
# A literal, not a parameter: only so do both databases use the partial index of waiting updates.
PENDING: ColumnElement[str] = literal_column("'pending'")


# Built once: building these costs more than running them.
# all accounts: the drain of a process serves every account whose bots it owns
HEADS = (
    select(
        inbox.c.id,
        inbox.c.account_id,
        inbox.c.bot_id,
        inbox.c.update_id,
        inbox.c.payload,
        inbox.c.attempts,
        inbox.c.priority,
    )
    .where(inbox.c.state == PENDING, is_due(inbox.c.next_at), inbox.c.priority >= bindparam("least"))
    # The sum keeps SQLite from collecting and sorting all that waits: it walks the waiting rows in their order instead.
    .where((inbox.c.bot_id + literal_column("0")).in_(bindparam("bots", expanding=True)))
    .where(
        inbox.c.id
        == select(func.min(EARLIER.c.id))
        .where(EARLIER.c.bot_id == inbox.c.bot_id, EARLIER.c.chat_key == inbox.c.chat_key)
        .where(EARLIER.c.state == PENDING)
        .scalar_subquery()
    )
    .order_by(inbox.c.priority, inbox.c.id)
    .limit(bindparam("most"))
)
# all accounts: the rows were picked by list_heads
DONE = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)), inbox.c.state == PENDING)
    .values(state=InboxState.DONE)
)


# all accounts: the drain of a process serves every account whose bots it owns
async def list_heads(
    conn: AsyncConnection, bot_ids: Sequence[int], now: datetime, limit: int, least: int = 0
) -> list[StoredUpdate]:
    """The oldest waiting update of each chat that is due, urgent ones first; `least` leaves out what is more urgent."""
    rows = await conn.execute(HEADS, {"bots": bot_ids, "most": limit, "least": least, **by(now)})
    return [StoredUpdate(*row) for row in rows]


# all accounts: the rows were picked by list_heads
async def mark_done(conn: AsyncConnection, ids: Sequence[int]) -> int:
    """Close the given updates; says how many were still waiting."""
    return (await conn.execute(DONE, {"ids": ids})).rowcount


async def empty(conn: AsyncConnection, account_id: int, bot_id: int, update_id: int) -> None:
    """Forget what an update said."""
    await conn.execute(
        update(inbox)
        .where(inbox.c.account_id == account_id, inbox.c.bot_id == bot_id, inbox.c.update_id == update_id)
        .values(payload="{}")
    )


async def list_answered(conn: AsyncConnection, account_id: int, telegram_ids: Collection[int]) -> set[int]:
    """Which of these people are known for more than a start."""
    rows = await conn.execute(
        select(contacts.c.telegram_id)
        .where(contacts.c.account_id == account_id, contacts.c.telegram_id.in_(telegram_ids))
        .where(contacts.c.answered)
    )
    return set(rows.scalars())


async def mark_failed(
    conn: AsyncConnection, account_id: int, row_id: int, *, state: InboxState, next_at: datetime, error: str
) -> None:
    """Count a failed try of one update."""
    await conn.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.account_id == account_id, inbox.c.state == InboxState.PENDING)
        .values(state=state, attempts=inbox.c.attempts + 1, next_at=next_at, error=error)
    )


async def postpone(conn: AsyncConnection, account_id: int, row_id: int, next_at: datetime) -> None:
    """Have one update wait a moment; its tries are not counted."""
    await conn.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.account_id == account_id, inbox.c.state == InboxState.PENDING)
        .values(next_at=next_at)
    )


async def list_dead(conn: AsyncConnection, account_id: int) -> list[DeadLetter]:
    """Updates that were given up."""
    rows = await conn.execute(
        select(inbox.c.id, inbox.c.payload, inbox.c.error, inbox.c.received_at)
        .where(inbox.c.account_id == account_id, inbox.c.state == InboxState.DEAD)
        .order_by(inbox.c.id)
    )
    return [DeadLetter("update", row.id, row.payload[:200], row.error or "", row.received_at) for row in rows]


async def revive(conn: AsyncConnection, account_id: int, row_id: int | None, now: datetime) -> int:
    """Put one dead update (or all) back in line; says how many."""
    statement = update(inbox).where(inbox.c.account_id == account_id, inbox.c.state == InboxState.DEAD)
    if row_id is not None:
        statement = statement.where(inbox.c.id == row_id)
    done = await conn.execute(statement.values(state=InboxState.PENDING, attempts=0, next_at=now, error=None))
    return done.rowcount


# all accounts: a figure of the whole process
async def count_waiting(conn: AsyncConnection) -> int:
    """How many updates wait to be handled."""
    waiting: Any = await conn.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == PENDING))
    return int(waiting)


# all accounts: what was handled is kept for nobody
async def drop_handled(
    conn: AsyncConnection, after: int, before: datetime, most: int
) -> tuple[int, int | None]:
    """Forget updates that were handled and came before a moment, looking at so many behind an id.

    How many there were, and the last id that was looked at; None where none behind it is as old.
    """
    looked_at = select(inbox.c.id, inbox.c.state, inbox.c.received_at).where(inbox.c.id > after)
    rows = (await conn.execute(looked_at.order_by(inbox.c.id).limit(most))).all()
    old = [row for row in rows if row.received_at < before]
    handled = [row.id for row in old if row.state == InboxState.DONE]
    if handled:
        await conn.execute(delete(inbox).where(inbox.c.id.in_(handled)))
    return len(handled), old[-1].id if len(old) == most else None


# all accounts: a figure of the whole process
async def count_handled(conn: AsyncConnection, before: datetime) -> int:
    """How many were handled and came before a moment."""
    handled = select(func.count()).select_from(inbox).where(inbox.c.state == InboxState.DONE)
    return (await conn.scalar(handled.where(inbox.c.received_at < before))) or 0
