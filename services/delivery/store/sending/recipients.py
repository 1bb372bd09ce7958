"""The recipients of a broadcast: one waiting row of the outbox for each."""

from datetime import datetime

from sqlalchemy import JSON, Select, String, cast, insert, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.lifecycle import OutboxState, Priority
from services.delivery.schemas import AT_ONCE, BulkCall
from services.delivery.store.sending.heads import PENDING

RECIPIENT = (
    "account_id",
    "bot_id",
    "chat_id",
    "priority",
    "dedupe_key",
    "method",
    "payload",
    "frozen",
    "state",
    "not_before",
    "attempt",
    "possibly_twice",
    "on_result",
    "broadcast_id",
    "created_at",
)


async def add_recipients(
    conn: AsyncConnection,
    account_id: int,
    broadcast_id: int,
    call: BulkCall,
    people: Select[tuple[int]],
    *,
    now: datetime,
) -> int:
    """One waiting row for each of the `people` (Telegram ids), in one statement; says how many."""
    chosen = people.subquery()
    person = chosen.c.telegram_id
    recipients = select(
        literal(account_id),
        literal(call.bot_id),
        person,
        literal(Priority.BULK.value),
        literal(f"bc:{broadcast_id}:") + cast(person, String),
        literal(call.method),
        null(),
        literal(value=False),
        literal(OutboxState.PENDING.value),
        literal(AT_ONCE, outbox.c.not_before.type),
        literal(0),
        literal(value=False),
        literal(dict(call.on_result), JSON) if call.on_result else null(),
        literal(broadcast_id),
        literal(now, outbox.c.created_at.type),
    )
    done = await conn.execute(insert(outbox).from_select(RECIPIENT, recipients))
    return done.rowcount


async def cancel_waiting(conn: AsyncConnection, account_id: int, broadcast_id: int, limit: int) -> int:
    """Cancel up to `limit` recipients who still wait; says how many."""
    some = (
        select(outbox.c.id)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == PENDING)
        .limit(limit)
    )
    done = await conn.execute(
        update(outbox)
        .where(
            outbox.c.id.in_(some), outbox.c.account_id == account_id, outbox.c.state == OutboxState.PENDING
        )
        .values(state=OutboxState.CANCELLED)
    )
    return done.rowcount
