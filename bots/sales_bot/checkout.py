"""A tariff's button: an order, once, however often it is pressed."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.limits import ORDERS
from core.presses import Press
from services.commerce.catalog import offers, tariffs
from services.commerce.catalog.tariffs import (
    AGREE,
    BUY,
    COURSE,
    ChosenOffer,
    read_chosen_offer,
    read_offer_place,
)
from services.commerce.orders import manual_orders, orders, paying
from services.commerce.orders.orders import DROP, OrderOutcome
from services.commerce.orders.paying import PAY_BY
from services.commerce.payments import payments
from services.delivery import speech
from services.people.schemas import AwaitedInput


def build_router() -> Router:
    """The buttons of an offer."""
    router = Router(name="sales-checkout")

    @router.callback_query(Pressed(BUY))
    async def press_tariff(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await choose(ctx, await read_chosen_offer(ctx.uow, ctx.address, press.id), agreed=False)

    @router.callback_query(Pressed(AGREE))
    async def agree(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await choose(ctx, await read_chosen_offer(ctx.uow, ctx.address, press.id), agreed=True)

    @router.callback_query(Pressed(PAY_BY))
    async def choose_way(_: CallbackQuery, ctx: Context, press: Press) -> None:
        if ctx.has_room(ORDERS):
            is_new = await paying.choose_way(ctx.uow, ctx.contact, press.id, ctx.next_key())
            ctx.note("order-coming" if is_new else "order-open-already")

    @router.callback_query(Pressed(DROP))
    async def drop(query: CallbackQuery, ctx: Context, press: Press) -> None:
        order = await payments.get_order(ctx.uow, int(press.id))
        was_open = order.contact_id == ctx.contact.id and await manual_orders.drop_order(ctx.uow, order)
        words = speech.words("order-dropped" if was_open else "order-over", number=order.public_id)
        speech.show(ctx.uow, ctx.screen(query.message), words, [[tariffs.prices_button()]])

    @router.callback_query(Pressed(COURSE))
    async def open_course(_: CallbackQuery, ctx: Context, press: Press) -> None:
        place, flow_id = read_offer_place(ctx.address, press.id)
        await offers.show_tariffs_of(ctx.uow, ctx.contact, place, int(flow_id), ctx.next_key())

    return router


async def take_contact(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """What is written after the question where the receipt goes."""
    return await paying.take_contact(ctx.uow, ctx.contact, expected.about, message.text or "", ctx.next_key())


async def choose(ctx: Context, chosen: ChosenOffer, *, agreed: bool) -> None:
    """Order a tariff; one that is ordered already is shown with its payment again."""
    if not ctx.has_room(ORDERS):
        return
    choice = await orders.choose_tariff(ctx.uow, ctx.contact, chosen, ctx.next_key(), agreed=agreed)
    if choice is OrderOutcome.ORDERED:
        ctx.count(ORDERS)
        ctx.note("order-coming")
    elif choice is OrderOutcome.ASKED:
        ctx.count(ORDERS)
    elif choice is OrderOutcome.WAITS:
        has_pressed = ctx.callback_id is not None
        ctx.alert("order-open-already")
        is_shown = await orders.show_open_order(ctx.uow, ctx.contact, chosen.tariff, ctx.next_key())
        if not (is_shown or has_pressed):  # they came by a link, which nothing answers by itself
            ctx.say("order-open-already")
