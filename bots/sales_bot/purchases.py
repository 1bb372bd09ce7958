"""`/purchases`: everything bought, with its links."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bots.runtime.context import Context
from services.commerce.orders.purchases import show_purchases


def build_router() -> Router:
    """The buyer's command."""
    router = Router(name="sales-purchases")

    @router.message(Command("purchases"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        if not await show_purchases(ctx.uow, ctx.contact, ctx.address, ctx.next_key()):
            ctx.say("purchases-none")

    return router
