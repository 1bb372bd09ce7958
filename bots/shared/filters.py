"""Filters of both bots: a genuine button of ours, by kind."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from core.presses import ADMINS, PressKind, verify
from services.tenancy.permissions import Permission


def is_nobodys(query: CallbackQuery, ctx: Context) -> bool:
    """Whether the pressed data is none of ours for this chat: forged, or of an older make."""
    holders = (str(query.from_user.id), ADMINS)
    return verify(ctx.uow.env.signing_keys, ctx.bot.id, ctx.chat_id, holders, query.data or "") is None


class Pressed(Filter):
    """Lets a callback through whose data we signed for this bot, chat and person (or role); gives `press`."""

    def __init__(self, kind: PressKind, *, of_role: bool = False) -> None:
        """With `of_role` a button for a role is let through whoever presses it: the handler says who may."""
        self.kind = kind
        self.of_role = of_role

    async def __call__(self, query: CallbackQuery, ctx: Context) -> bool | dict[str, Any]:
        """`press` for the handler, or False: forged, old, or somebody else's."""
        of_role = self.of_role or ctx.may(Permission.ADMINISTER)
        holders = (str(query.from_user.id), ADMINS) if of_role else (str(query.from_user.id),)
        press = verify(ctx.uow.env.signing_keys, ctx.bot.id, ctx.chat_id, holders, query.data or "")
        return {"press": press} if press and press.kind == self.kind else False
