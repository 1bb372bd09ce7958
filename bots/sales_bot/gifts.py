"""`/gift`: a tariff for somebody else, and the button by which a buyer keeps the own gift."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.limits import ORDERS
from core.presses import Press
from services.commerce.catalog.tariffs import read_chosen_offer
from services.commerce.orders import gifts
from services.commerce.orders.gifts import GIVE, KEEP
from services.commerce.orders.orders import OrderOutcome


def build_router() -> Router:
    """The command and the buttons."""
    router = Router(name="sales-gifts")

    @router.message(Command("gift"), F.chat.type == "private")
    async def show(_: Message, ctx: Context) -> None:
        await gifts.show_gifts(ctx.uow, ctx.contact, ctx.address, ctx.next_key())

    @router.callback_query(Pressed(GIVE))
    async def give(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if ctx.has_room(ORDERS):
            chosen = await read_chosen_offer(ctx.uow, ctx.address, press.id)
            choice = await gifts.choose_gift(ctx.uow, ctx.contact, chosen, ctx.next_key())
            if choice in {OrderOutcome.ORDERED, OrderOutcome.ASKED}:
                ctx.count(ORDERS)
                ctx.note("order-coming")

    @router.callback_query(Pressed(KEEP))
    async def keep(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await gifts.keep_own(ctx.uow, ctx.contact, ctx.address, int(press.id), ctx.next_key())

    return router
