"""A pressed message is changed in place, so that a second press finds nothing to press."""

from typing import Any

from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Keyboard, Words


def redraw(ctx: Context, query: CallbackQuery, text: Words, buttons: Keyboard = ()) -> None:
    """Put other words and buttons into the message whose button was pressed."""
    if query.message is None:
        return
    payload: dict[str, Any] = {
        "chat_id": ctx.chat_id,
        "message_id": query.message.message_id,
        "text": text,
    }
    if buttons:
        payload["buttons"] = [list(row) for row in buttons]
    enqueue(ctx.uow, Outgoing(ctx.bot.id, ctx.chat_id, "editMessageText", payload, ctx.next_key()))
