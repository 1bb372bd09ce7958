"""Calls to people who have blocked a bot or left Telegram: set aside, and put back in line when they are seen again."""

from collections.abc import Sequence

from sqlalchemy import bindparam, case, exists, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.delivery import outbox
from core.db.models.people import chats
from core.lifecycle import ChatState, OutboxState, Priority
from core.refs import RefKind
from services.delivery.schemas import AT_ONCE

GONE = "Forbidden: the person has left the bot"
# A literal: both databases prove only so that the partial index covers the question.
AWAY: ColumnElement[str] = literal_column(f"'{OutboxState.AWAY}'")
# all accounts: of the bot and the chat of a row that has its own
IS_GONE = exists(
    select(chats.c.id).where(
        chats.c.bot_id == outbox.c.bot_id,
        chats.c.telegram_id == outbox.c.chat_id,
        chats.c.state == ChatState.BLOCKED,
    )
)
# What a course or a scenario has said, receipts and invites are worth waiting for; an answer to a press is not.
IS_KEPT = outbox.c.broadcast_id.is_(None) & or_(
    outbox.c.priority == Priority.TRANSACTIONAL, outbox.c.ref.startswith(RefKind.RUN.prefix)
)
# all accounts: the rows were picked for one bot
SET_ASIDE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == OutboxState.PENDING, IS_GONE)
    .values(state=case((IS_KEPT, OutboxState.AWAY), else_=OutboxState.FAILED), error=GONE)
    .returning(outbox.c.id)
)


# all accounts: the rows were picked for one bot
async def set_aside(conn: AsyncConnection, ids: Sequence[int]) -> set[int]:
    """Of these waiting calls set aside those to people who are gone, or give them up; gives which."""
    return set((await conn.execute(SET_ASIDE, {"ids": ids})).scalars())


async def keep_refused(conn: AsyncConnection, account_id: int, row_id: int) -> bool:
    """Have a call that was refused because the person is gone wait for them, if it is worth it."""
    done = await conn.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.account_id == account_id, IS_KEPT)
        .where(outbox.c.state == OutboxState.FAILED)
        .values(state=OutboxState.AWAY)
    )
    return done.rowcount == 1


async def put_back(conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int) -> list[str]:
    """Let what waited for a person be sent; gives what it was about."""
    rows = await conn.execute(
        update(outbox)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.chat_id == chat_id)
        .where(outbox.c.state == AWAY)
        .values(state=OutboxState.PENDING, not_before=AT_ONCE, error=None)
        .returning(outbox.c.ref)
    )
    return [ref or "" for ref in rows.scalars()]
