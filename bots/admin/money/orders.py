"""`/orders`: the latest orders, one of them, and what is done about it by hand."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.money.refunds import offer_refund
from bots.admin.permissions import admin_router, read_words
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.db.keyset import Slice
from core.errors import DomainError
from core.presses import Press, PressKind
from core.rules.order_standing import OrderStanding
from services.commerce.lists import OrderLine
from services.commerce.orders import holds, listing, manual_orders
from services.commerce.orders.orders import find_by_number
from services.commerce.orders.standing import find_standing
from services.commerce.payments.notices import describe_order, settle_button
from services.commerce.payments.payments import get_order
from services.commerce.schemas import Order
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.tenancy.permissions import Permission

SHOW = PressKind.ORDER  # order
REFUND = PressKind.ORDER_REFUND  # order: give money back?
SETTLE_ASK = PressKind.ORDER_SETTLE_ASK  # order: was it paid?
SETTLE = PressKind.ORDER_SETTLE  # order: it was
SHOWN = Slice(listing.LATEST_FIRST, limit=10)
IN_A_ROW = 2


async def orders(_: Message, command: CommandObject, ctx: Context) -> None:
    """List the latest orders with what was paid; `/orders K7QF2M` shows one.

    An open one can be settled by hand when the money was seen in the provider's cabinet, of a paid one money can go back.
    """
    await _show(ctx, command)


COMMANDS = (AdminCommand("orders", orders, Section.MONEY, looks=True),)


def build_buttons() -> Router:
    """The orders of the list, and what can be done about one."""
    router = admin_router("admin-orders", Permission.MONEY)

    @router.callback_query(Pressed(SHOW))
    async def show(query: CallbackQuery, ctx: Context, press: Press) -> None:
        redraw(ctx, query, *await _card(ctx, await get_order(ctx.uow, int(press.id))))

    @router.callback_query(Pressed(REFUND))
    async def give_back(_: CallbackQuery, ctx: Context, press: Press) -> None:
        await offer_refund(ctx, await get_order(ctx.uow, int(press.id)), None)

    @router.callback_query(Pressed(SETTLE_ASK))
    async def ask(query: CallbackQuery, ctx: Context, press: Press) -> None:
        order = await get_order(ctx.uow, int(press.id))
        yes = speech.button(speech.words("button-settle-sure"), SETTLE, order.id)
        no = speech.button(speech.words("button-no"), SHOW, order.id)
        redraw(ctx, query, await describe_order(ctx.uow, "settle-ask", order), [[yes], [no]])

    @router.callback_query(Pressed(SETTLE))
    async def settle(query: CallbackQuery, ctx: Context, press: Press) -> None:
        order = await get_order(ctx.uow, int(press.id))
        redraw(ctx, query, await describe_order(ctx.uow, await _settle(ctx, order), order))

    return router


async def _show(ctx: Context, command: CommandObject) -> None:
    words = read_words(command)
    if words:
        order = await find_by_number(ctx.uow, words[0])
        if order is None:
            ctx.refuse("order-unknown", number=words[0])
            return
        text, buttons = await _card(ctx, order)
    else:
        found_orders = await listing.list_orders(ctx.uow, part=SHOWN)
        text, buttons = _list(found_orders), _choice(found_orders)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)


def _list(orders: Sequence[OrderLine]) -> Words:
    if not orders:
        return speech.words("orders-none")
    return speech.lines(speech.words("orders-latest"), *map(_line, orders), gap="\n")


def _line(order: OrderLine) -> Words:
    return speech.words(
        f"orders-line-{order.standing}",
        number=order.public_id,
        person=listing.known_as(order),
        tariff=order.tariff,
        price=speech.price(order.price, order.currency),
        paid=speech.price(order.paid, order.paid_in),
        refunded=speech.price(order.refunded, order.paid_in),
    )


def _choice(orders: Sequence[OrderLine]) -> Keyboard:
    buttons = [speech.button(order.public_id, SHOW, order.id) for order in orders]
    return [buttons[first : first + IN_A_ROW] for first in range(0, len(buttons), IN_A_ROW)]


async def _card(ctx: Context, order: Order) -> tuple[Words, Keyboard]:
    held = await holds.find_held(ctx.uow, order)
    if held is not None:
        return await holds.describe(ctx.uow, held, order, "hold-begun"), holds.buttons_of(held)
    standing, gone = await find_standing(ctx.uow, order)
    back = speech.price(gone.amount, gone.currency)
    text = await describe_order(ctx.uow, f"order-card-{standing}", order, back=back)
    if standing in {OrderStanding.PAID, OrderStanding.PART_BACK}:
        return text, [[speech.button(speech.words("button-order-refund"), REFUND, order.id)]]
    return text, () if standing is OrderStanding.BACK else [[settle_button(order.id)]]


async def _settle(ctx: Context, order: Order) -> str:
    """Count it as paid; the receipt, the access and all else follow by themselves."""
    try:
        await manual_orders.settle_order(ctx.uow, order, str(ctx.contact.telegram_id))
    except DomainError as refusal:
        return "settle-held" if refusal.code == "MONEY_HELD" else "settle-paid-before"
    return "settle-done"
