"""The timers table: what is due by the product's clock."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import timers
from core.db.session import Row
from core.db.upserts import upsert
from core.lifecycle import Misfire
from services.delivery.schemas import DeadLetter, DueTimer, SetTimer

FAILED_TRIES = 5
MOVED = ("due_at", "set_at", "local_wall", "zone", "rule", "misfire", "payload", "attempts")


async def put(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Set a timer; one with the same kind and key is moved."""
    await conn.execute(upsert(conn, timers, ("kind", "key"), MOVED), {"account_id": account_id, **row})


async def drop(conn: AsyncConnection, account_id: int, kind: str, key_prefix: str) -> int:
    """Remove the timers of a kind whose key begins so; says how many."""
    done = await conn.execute(
        delete(timers).where(
            timers.c.account_id == account_id,
            timers.c.kind == kind,
            timers.c.key.startswith(key_prefix, autoescape=True),
        )
    )
    return done.rowcount


# all accounts: the tick of a process serves every account
async def is_any_due(conn: AsyncConnection, now: datetime) -> bool:
    """Whether a tick has anything to do; one step down an index."""
    due = await conn.scalar(
        select(timers.c.id).where(timers.c.due_at <= now, timers.c.attempts < FAILED_TRIES).limit(1)
    )
    return due is not None


# all accounts: the tick of a process serves every account
async def list_due(conn: AsyncConnection, now: datetime, limit: int) -> list[DueTimer]:
    """The timers that are due, the oldest first."""
    rows = await conn.execute(
        select(timers)
        .where(timers.c.due_at <= now, timers.c.attempts < FAILED_TRIES)
        .order_by(timers.c.due_at, timers.c.id)
        .limit(limit)
    )
    return [
        DueTimer(r.id, r.account_id, r.kind, r.key, r.due_at, Misfire(r.misfire), r.payload, r.attempts)
        for r in rows
    ]


async def find_first_due(conn: AsyncConnection, account_id: int) -> datetime | None:
    """When the next timer of an account fires."""
    first_due: datetime | None = await conn.scalar(
        select(timers.c.due_at)
        .where(timers.c.account_id == account_id, timers.c.attempts < FAILED_TRIES)
        .order_by(timers.c.due_at)
        .limit(1)
    )
    return first_due


# all accounts: follows list_due
async def take(conn: AsyncConnection, due: Sequence[DueTimer]) -> set[int]:
    """Take timers out of the table; gives those that nobody moved, dropped or took meanwhile."""
    ids = [timer.id for timer in due]
    latest = max(timer.due_at for timer in due)
    done = await conn.execute(
        delete(timers).where(timers.c.id.in_(ids), timers.c.due_at <= latest).returning(timers.c.id)
    )
    return set(done.scalars())


async def mark_failed(
    conn: AsyncConnection, account_id: int, timer_id: int, next_at: datetime, error: str
) -> None:
    """Count a failed try and move the timer on."""
    await conn.execute(
        update(timers)
        .where(timers.c.id == timer_id, timers.c.account_id == account_id)
        .values(attempts=timers.c.attempts + 1, due_at=next_at, error=error)
    )


async def list_dead(conn: AsyncConnection, account_id: int) -> list[DeadLetter]:
    """Timers that were given up."""
    rows = await conn.execute(
        select(timers)
        .where(timers.c.account_id == account_id, timers.c.attempts >= FAILED_TRIES)
        .order_by(timers.c.id)
    )
    return [DeadLetter("timer", r.id, f"{r.kind} {r.key}", r.error or "", r.due_at) for r in rows]


async def revive(conn: AsyncConnection, account_id: int, timer_id: int | None, now: datetime) -> int:
    """Let one given-up timer (or all) fire now; says how many."""
    statement = update(timers).where(timers.c.account_id == account_id, timers.c.attempts >= FAILED_TRIES)
    if timer_id is not None:
        statement = statement.where(timers.c.id == timer_id)
    done = await conn.execute(statement.values(attempts=0, due_at=now, error=None))
    return done.rowcount


async def find_due_at(conn: AsyncConnection, account_id: int, kind: str, key: str) -> datetime | None:
    """When the timer fires, if it is set."""
    due: datetime | None = await conn.scalar(
        select(timers.c.due_at).where(
            timers.c.account_id == account_id, timers.c.kind == kind, timers.c.key == key
        )
    )
    return due


# all accounts: a figure of the whole process
async def count_due(conn: AsyncConnection, now: datetime) -> int:
    """How many timers are due."""
    return int(await conn.scalar(select(func.count()).select_from(timers).where(timers.c.due_at <= now)) or 0)


# all accounts: one clock is everybody's
async def find_last_set(conn: AsyncConnection) -> datetime | None:
    """The latest moment at which a timer was set; looks through all of them."""
    latest: datetime | None = await conn.scalar(select(func.max(timers.c.set_at)))
    return latest


async def list_set_after(
    conn: AsyncConnection, account_id: int, moment: datetime, limit: int
) -> list[SetTimer]:
    """Timers that were set after a moment."""
    rows = await conn.execute(
        select(
            timers.c.id,
            timers.c.kind,
            timers.c.payload,
            timers.c.due_at,
            timers.c.set_at,
            timers.c.local_wall,
            timers.c.zone,
        )
        .where(timers.c.account_id == account_id, timers.c.set_at > moment)
        .order_by(timers.c.id)
        .limit(limit)
    )
    return [SetTimer(*row) for row in rows]


async def put_earlier(conn: AsyncConnection, account_id: int, changed: Sequence[SetTimer]) -> None:
    """Keep when these were set, and are due."""
    statement = update(timers).where(timers.c.account_id == account_id, timers.c.id == bindparam("timer"))
    rows = [
        {"timer": each.id, "due_at": each.due_at, "set_at": each.set_at, "local_wall": each.local_wall}
        for each in changed
    ]
    await conn.execute(statement, rows)
