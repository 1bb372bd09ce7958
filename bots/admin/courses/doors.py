"""Whether a course that is sold, or whose link was closed, shall be open to everybody: asked, never done by the way."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import BotKind
from core.presses import Press
from services.content.entry.doors import DOOR, OPEN, answer_door
from services.tenancy.bots import get_bot
from services.tenancy.permissions import Permission


def build_buttons() -> Router:
    """The button below a course's report, and the question's two."""
    router = admin_router("admin-doors", Permission.CONTENT)

    @router.callback_query(Pressed(DOOR))
    async def press_door(query: CallbackQuery, ctx: Context, press: Press) -> None:
        bot = await get_bot(ctx.uow, BotKind.COURSE)
        ctx.only_looked = not press.id.endswith(f"-{OPEN}")
        redraw(ctx, query, *await answer_door(ctx.uow, press.id, bot.username))

    return router
