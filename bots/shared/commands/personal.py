"""`/mydata` and `/deleteme`, in both bots: what is held about a person, and the way to have it deleted."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.workflows.privacy import erasure, handing_out


def build_router() -> Router:
    """The commands and the buttons of the second."""
    router = Router(name="personal-data")
    private = F.chat.type == "private"

    @router.message(Command("mydata"), private)
    async def show(_: Message, ctx: Context) -> None:
        await handing_out.ask_data(ctx.uow, ctx.contact, ctx.address, ctx.next_key())

    @router.message(Command("deleteme"), private)
    async def ask(_: Message, ctx: Context) -> None:
        await erasure.show(ctx.uow, ctx.contact, ctx.screen())

    @router.callback_query(Pressed(erasure.PRESS))
    async def press(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await erasure.press(ctx.uow, ctx.contact, press.id, ctx.screen(query.message))

    return router
