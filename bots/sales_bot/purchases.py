"""`/purchases`: everything bought, with its links, and a product once more."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press
from services.commerce.orders.purchases import AGAIN, give_again, show_purchases


def build_router() -> Router:
    """The buyer's command and button."""
    router = Router(name="sales-purchases")

    @router.message(Command("purchases"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        if not await show_purchases(ctx.uow, ctx.contact, ctx.address, ctx.next_key()):
            ctx.say("purchases-none")

    @router.callback_query(Pressed(AGAIN))
    async def again(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await give_again(ctx.uow, ctx.contact, ctx.address, int(press.id), ctx.next_key())

    return router
