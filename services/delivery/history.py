"""Every word said in both directions, written in the transaction that handled or sent it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import messages
from core.db.session import UnitOfWork
from services.delivery.schemas import Rendered
from services.delivery.store import history as store


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
