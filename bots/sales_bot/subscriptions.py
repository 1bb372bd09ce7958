"""`/subscription`: what is paid in charges, and the buttons that stop it, go on with it or pay."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.commerce.subscriptions import cards
from services.commerce.subscriptions.telling import PRESS


def build_router() -> Router:
    """The command and the buttons."""
    router = Router(name="sales-subscriptions")

    @router.message(Command("subscription"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        await cards.show_all(ctx.uow, ctx.contact, ctx.address, ctx.next_key())

    @router.callback_query(Pressed(PRESS))
    async def press(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if await cards.press(ctx.uow, ctx.contact, press.id, ctx.screen()):
            ctx.note("order-coming")

    return router
