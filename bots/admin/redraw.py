"""A pressed message is changed in place, so that a second press finds nothing to press."""

from html import escape
from typing import Any

from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from bots.runtime.sending.render import render_at_once
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


def redraw_unkept(ctx: Context, query: CallbackQuery, text: Words, unkept: str, buttons: Keyboard) -> None:
    """The same with something below the words that may stand nowhere but there: it leaves by a call that is not stored."""
    if query.message is None:
        return
    made = render_at_once(ctx.uow.env, ctx.address, ctx.contact.language, text, buttons)
    fields = {
        **made,
        "message_id": query.message.message_id,
        "text": f"{made['text']}\n\n<code>{escape(unkept)}</code>",
    }
    ctx.uow.after_commit(lambda: ctx.direct("editMessageText", fields))
