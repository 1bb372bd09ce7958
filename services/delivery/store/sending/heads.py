"""What a bot can send next: the first waiting call of each lane, urgent ones, by priority, and recipients of broadcasts."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts
from core.lifecycle import BroadcastStatus, Priority
from core.to_many import BroadcastKind
from services.delivery.schemas import QueuedCall, ToMany
from services.delivery.store.due import by, is_due

# Literals, not parameters: both databases prove only so that a partial index covers the question.
PENDING: ColumnElement[str] = literal_column("'pending'")
SENDING: ColumnElement[str] = literal_column("'sending'")
IN_LANE = (PENDING, SENDING)

AHEAD = outbox.alias("ahead")
COLUMNS = (
    outbox.c.id,
    outbox.c.account_id,
    outbox.c.bot_id,
    outbox.c.chat_id,
    outbox.c.priority,
    outbox.c.method,
    outbox.c.payload,
    outbox.c.frozen,
    outbox.c.attempt,
    outbox.c.dedupe_key,
    outbox.c.on_result,
    outbox.c.broadcast_id,
    outbox.c.ref,
    outbox.c.variant,
    outbox.c.telegram_message_id,
)


# Said as the index of everything but broadcasts says it, or SQLite does not use it.
NO_BROADCAST: ColumnElement[bool] = outbox.c.broadcast_id.is_(None)
AHEAD_IN_LANE = (AHEAD.c.broadcast_id.is_(None), AHEAD.c.state.in_(IN_LANE))
# Not `NOT EXISTS`: PostgreSQL would join all that waits to all that waits before it gives the first row.
# all accounts: a lane belongs to one bot
IS_HEAD = (
    outbox.c.id
    == select(func.min(AHEAD.c.id))
    .where(AHEAD.c.bot_id == outbox.c.bot_id, AHEAD.c.chat_id == outbox.c.chat_id, *AHEAD_IN_LANE)
    .scalar_subquery()
)
# The bulk lane of a chat holds one row of each broadcast; only broadcasts that send now keep later ones waiting.
# all accounts: the running broadcasts of one bot
IS_BULK_HEAD = (
    select(AHEAD.c.id)
    .where(AHEAD.c.broadcast_id.in_(bindparam("earlier", expanding=True)))
    .where(AHEAD.c.chat_id == outbox.c.chat_id, AHEAD.c.state.in_(IN_LANE))
    .limit(literal_column("1"))
    .scalar_subquery()
    .is_(None)
)


def read_calls(rows: Any) -> list[QueuedCall]:
    """Rows of COLUMNS as values."""
    return [
        QueuedCall(
            id=r.id,
            account_id=r.account_id,
            bot_id=r.bot_id,
            chat_id=r.chat_id,
            priority=Priority(r.priority),
            method=r.method,
            payload=r.payload,
            frozen=r.frozen,
            attempt=r.attempt,
            dedupe_key=r.dedupe_key,
            on_result=r.on_result,
            broadcast_id=r.broadcast_id,
            ref=r.ref,
            variant=r.variant,
            message_id=r.telegram_message_id,
        )
        for r in rows
    ]


WAITING = (
    outbox.c.state == PENDING,
    is_due(outbox.c.not_before),
    outbox.c.chat_id.not_in(bindparam("skip", expanding=True)),
)


# The statements of the hot path are built once: building one costs more than running it.


# all accounts: a bot belongs to one account
def _build_urgent() -> Select[Any]:
    waiting = (
        select(outbox.c.chat_id, func.min(outbox.c.id).label("first"))
        .where(outbox.c.bot_id == bindparam("bot"), outbox.c.state == PENDING)
        .where(outbox.c.priority <= literal_column("1"), NO_BROADCAST)
        .group_by(outbox.c.chat_id)
        .subquery()
    )
    head = (
        select(func.min(AHEAD.c.id))
        .where(AHEAD.c.bot_id == bindparam("bot"), AHEAD.c.chat_id == waiting.c.chat_id)
        .where(*AHEAD_IN_LANE)
        .scalar_subquery()
    )
    return (
        select(*COLUMNS)
        .join_from(waiting, outbox, outbox.c.id == head)
        .where(*WAITING)
        .order_by(waiting.c.first)
        .limit(bindparam("most"))
    )


URGENT = _build_urgent()
# all accounts: a bot belongs to one account
OF_PRIORITIES = (
    select(*COLUMNS)
    .where(
        outbox.c.bot_id == bindparam("bot"), outbox.c.priority.between(bindparam("first"), bindparam("last"))
    )
    .where(*WAITING, NO_BROADCAST, IS_HEAD)
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)
# all accounts: a bot belongs to one account
BULK = (
    select(*COLUMNS)
    .where(outbox.c.broadcast_id == bindparam("broadcast"), *WAITING, IS_BULK_HEAD)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
# all accounts: a bot belongs to one account
RUNNING = (
    select(
        broadcasts.c.id,
        broadcasts.c.kind,
        broadcasts.c.method,
        broadcasts.c.payload,
        broadcasts.c.variants,
    )
    .where(broadcasts.c.bot_id == bindparam("bot"), broadcasts.c.status == BroadcastStatus.RUNNING)
    # A mistake is mended before more people get it.
    .order_by(broadcasts.c.of_id.is_(None), broadcasts.c.id)
)


# all accounts: a bot belongs to one account
async def list_urgent(
    conn: AsyncConnection, bot_id: int, now: datetime, skip: Sequence[int], limit: int
) -> list[QueuedCall]:
    """Heads of the lanes in which an interactive or transactional call waits, the oldest of these calls first."""
    parameters = {"bot": bot_id, "skip": skip, "most": limit, **by(now)}
    return read_calls(await conn.execute(URGENT, parameters))


# all accounts: a bot belongs to one account
async def list_of_priorities(
    conn: AsyncConnection,
    bot_id: int,
    between: tuple[Priority, Priority],
    now: datetime,
    skip: Sequence[int],
    limit: int,
) -> list[QueuedCall]:
    """Calls of these priorities that stand at the head of their lane, the first priority first, of each the oldest."""
    first, last = between
    parameters = {"bot": bot_id, "first": first, "last": last, "skip": skip, "most": limit, **by(now)}
    return read_calls(await conn.execute(OF_PRIORITIES, parameters))


# all accounts: a bot belongs to one account
async def list_bulk(
    conn: AsyncConnection,
    broadcast_id: int,
    earlier: Sequence[int],
    now: datetime,
    skip: Sequence[int],
    limit: int,
) -> list[QueuedCall]:
    """The next recipients of a running broadcast; those whom an `earlier` one has still to reach come after that."""
    parameters = {"broadcast": broadcast_id, "earlier": earlier, "skip": skip, "most": limit, **by(now)}
    return read_calls(await conn.execute(BULK, parameters))


# all accounts: a bot belongs to one account
async def list_running_broadcasts(conn: AsyncConnection, bot_id: int) -> dict[int, ToMany]:
    """Broadcasts of a bot that send now, by id, in the order in which they are sent."""
    rows = await conn.execute(RUNNING, {"bot": bot_id})
    return {
        row.id: ToMany(
            BroadcastKind(row.kind), ((row.method or "", row.payload or "{}"), *_read_variants(row.variants))
        )
        for row in rows
    }


@lru_cache(maxsize=64)
def _read_variants(variants: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((variant["method"], variant["payload"]) for variant in json.loads(variants or "[]"))
