"""A tariff's button: an order, once, however often it is pressed."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.shared.callbacks import Press
from bots.shared.context import Context
from bots.shared.filters import Pressed
from services.commerce import orders, tariffs
from services.commerce.tariffs import BUY, COURSE, Place


def build_router() -> Router:
    """The buttons of an offer."""
    router = Router(name="sales-checkout")

    @router.callback_query(Pressed(BUY))
    async def choose(_: CallbackQuery, ctx: Context, press: Press) -> None:
        run_id, visit, code = press.id.split("-", 2)
        opened = await orders.choose_tariff(
            ctx.uow, ctx.contact, ctx.address, code, run_id=int(run_id), visit=int(visit)
        )
        if not opened:
            ctx.alert("order-open-already")
            await orders.show_open_order(ctx.uow, ctx.contact, code, ctx.next_key())

    @router.callback_query(Pressed(COURSE))
    async def open_course(_: CallbackQuery, ctx: Context, press: Press) -> None:
        run_id, visit, flow_id = (int(part) for part in press.id.split("-"))
        place = Place(ctx.address, run_id, visit)
        await tariffs.show_tariffs_of(ctx.uow, place, flow_id, ctx.next_key())

    return router
