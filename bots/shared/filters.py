"""Filters of both bots: a genuine button of ours, by kind."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bots.shared.callbacks import ADMINS, verify
from bots.shared.context import Context


class Pressed(Filter):
    """Lets a callback through whose data we signed for this bot, chat and person (or role); gives `press`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def __call__(self, query: CallbackQuery, ctx: Context) -> bool | dict[str, Any]:
        """`press` for the handler, or False: forged, old, or somebody else's."""
        holders = (str(query.from_user.id), ADMINS) if ctx.is_admin else (str(query.from_user.id),)
        press = verify(ctx.uow.env.signing_key, ctx.bot.id, ctx.chat_id, holders, query.data or "")
        return {"press": press} if press and press.kind == self.kind else False
