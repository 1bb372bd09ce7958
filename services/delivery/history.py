"""Every word said in both directions, written in the transaction that handled or sent it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import messages
from core.db.session import UnitOfWork
from services.delivery.schemas import Heard, Rendered
from services.delivery.store import history as store
from utils.telegram_html import shorten, strip_tags

MOST_HEARD = 6
MOST_LINE = 160

NEWEST = 50  # messages of a chat; what is emptied is changed at once or never


def remember_incoming(uow: UnitOfWork, bot_id: int, chat_id: int, message_id: int | None, text: str) -> None:
    """Keep what a person wrote or pressed."""
    uow.append(
        messages,
        {
            "account_id": uow.account_id,
            "bot_id": bot_id,
            "chat_id": chat_id,
            "direction": "in",
            "telegram_message_id": message_id,
            "text": text,
            "at": uow.now,
        },
    )


async def is_kept(uow: UnitOfWork, bot_id: int, chat_id: int, message_id: int) -> bool:
    """Whether a person's message stands here; one before the newest is taken to, so that nobody makes us look at all."""
    newest = await store.list_newest(uow.conn, uow.account_id, bot_id, chat_id, NEWEST)
    return message_id in newest or (len(newest) == NEWEST and message_id < min(newest))


async def remember_outgoing(conn: AsyncConnection, rendered: Sequence[Rendered], at: datetime) -> None:
    """Keep what is about to be said; a retry says the same and is not kept twice."""
    rows = [
        {
            "account_id": call.call.account_id,
            "bot_id": call.call.bot_id,
            "chat_id": call.call.chat_id,
            "direction": "out",
            "outbox_id": call.call.id,
            "text": call.text,
            "at": at,
        }
        for call in rendered
        if call.text
    ]
    if rows:
        await store.add(conn, rows)


async def list_heard(uow: UnitOfWork, chat_id: int) -> list[Heard]:
    """The last things a person and the bots said to each other, oldest first; without their formatting."""
    heard = await store.list_heard(uow.conn, uow.account_id, chat_id, MOST_HEARD)
    return [replace(line, text=shorten(strip_tags(line.text), MOST_LINE)) for line in reversed(heard)]
