"""Calls for one topic of a forum, while they wait and after they were refused."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.lifecycle import OutboxState

NOT_SENT = (OutboxState.PENDING, OutboxState.FAILED)


async def list_of_thread(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, thread: int
) -> list[tuple[int, str, str | None, str | None]]:
    """What waits or was refused and may be for a topic, in order: (id, payload, error, ref)."""
    rows = await conn.execute(
        select(outbox.c.id, outbox.c.payload, outbox.c.error, outbox.c.ref)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.state.in_(NOT_SENT), outbox.c.broadcast_id.is_(None))
        .where(outbox.c.payload.contains(f'"message_thread_id":{thread}'))
        .order_by(outbox.c.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def drop_unsent(conn: AsyncConnection, account_id: int, row_id: int) -> None:
    """Let a call that was not sent never be."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.id == row_id, outbox.c.state.in_(NOT_SENT))
        .values(state=OutboxState.CANCELLED)
    )


async def send_elsewhere(
    conn: AsyncConnection, account_id: int, row_id: int, payload: str, now: datetime
) -> None:
    """Let a call that was not sent be sent with these fields."""
    await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.id == row_id, outbox.c.state.in_(NOT_SENT))
        .values(payload=payload, state=OutboxState.PENDING, attempt=0, not_before=now, error=None)
    )
