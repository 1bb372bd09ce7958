"""Native polls: which visit asked them, and those whose number Telegram has not told."""

from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import outbox
from core.db.models.learning import polls
from core.lifecycle import OutboxState
from services.learning.schemas import PollPlace, UnheardPoll


async def find_poll(conn: AsyncConnection, account_id: int, bot_id: int, poll_id: str) -> PollPlace | None:
    """The visit that asked a poll, by Telegram's number of it."""
    rows = await conn.execute(
        select(polls.c.run_id, polls.c.visit).where(
            polls.c.account_id == account_id, polls.c.bot_id == bot_id, polls.c.poll_id == poll_id
        )
    )
    row = rows.one_or_none()
    return PollPlace(row.run_id, row.visit) if row else None


async def find_unheard(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int
) -> UnheardPoll | None:
    """The latest poll to a chat whose number is not known, or of which there may be a second one."""
    rows = await conn.execute(
        select(outbox.c.ref, outbox.c.possibly_twice)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.method == "sendPoll", outbox.c.ref.is_not(None))
        .where(or_(outbox.c.state == OutboxState.SENDING, outbox.c.possibly_twice))
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return UnheardPoll(row.ref, row.possibly_twice) if row else None


async def find_call(conn: AsyncConnection, account_id: int, outbox_id: int) -> Row[Any, Any] | None:
    """What a call was about (`ref`), and its `chat_id`."""
    rows = await conn.execute(
        select(outbox.c.ref, outbox.c.chat_id).where(
            outbox.c.id == outbox_id, outbox.c.account_id == account_id, outbox.c.ref.is_not(None)
        )
    )
    return rows.one_or_none()


async def find_ref(conn: AsyncConnection, account_id: int, outbox_id: int) -> str | None:
    """What a call was about."""
    ref: str | None = await conn.scalar(
        select(outbox.c.ref).where(outbox.c.id == outbox_id, outbox.c.account_id == account_id)
    )
    return ref
