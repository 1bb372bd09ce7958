"""`/refund`: money goes back, all or a part, asked once more before it does."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.money import read_money
from core.presses import Press, PressKind
from services.commerce.access import leaning
from services.commerce.orders.orders import find_by_number
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.payments.refund_button import BACK, BY_TARIFF, CHOICES, KEEPS, back_button
from services.commerce.refunds import refunds, reports
from services.commerce.refunds.refunds import RefundDecision
from services.commerce.schemas import Order, Payment
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.tenancy.permissions import Permission

NO = PressKind.ACCESS_LEAVE
SAID = {  # what a refusal says in the chat
    "NOTHING_TO_REFUND": "refund-nothing",
    "REFUND_TOO_MUCH": "refund-too-much",
    "REFUND_UNDER_WAY": "refund-under-way",
    "REFUND_CHANGED": "refund-changed",
}


async def refund(_: Message, command: CommandObject, ctx: Context) -> None:
    """Give the money of an order back, all of it or `/refund K7QF2M 500.00`, after a question.

    The access closes as the tariff says, unless the button keeps it.
    """
    await _ask(ctx, command)


COMMANDS = (AdminCommand("refund", refund, Section.MONEY, "K7QF2M", looks=True),)


def build_buttons() -> Router:
    """The buttons of the question and of what is told of refunds."""
    router = admin_router("admin-refunds", Permission.MONEY)

    @router.callback_query(Pressed(BACK))
    async def press_back(query: CallbackQuery, ctx: Context, press: Press) -> None:
        payment_id, amount, refunded, choice = press.id.split("-")
        by, closes = str(ctx.contact.telegram_id), CHOICES[choice]
        decision = RefundDecision(int(payment_id), int(amount), by, int(refunded), closes)
        redraw(ctx, query, await _begin(ctx, decision))

    @router.callback_query(Pressed(reports.DONE))
    async def press_done(query: CallbackQuery, ctx: Context, press: Press) -> None:
        is_news = await refunds.settle_by_hand(ctx.uow, int(press.id))
        redraw(ctx, query, await _about(ctx, int(press.id), "refund-noted" if is_news else "refund-known"))

    @router.callback_query(Pressed(reports.NOT_DONE))
    async def press_not_done(query: CallbackQuery, ctx: Context, press: Press) -> None:
        is_news = await refunds.give_up(ctx.uow, int(press.id))
        redraw(ctx, query, await _about(ctx, int(press.id), "refund-dropped" if is_news else "refund-known"))

    @router.callback_query(Pressed(PressKind.DISPUTE_LOST))
    async def press_lost(query: CallbackQuery, ctx: Context, press: Press) -> None:
        payment = await get_payment(ctx.uow, int(press.id))
        left = await refunds.note_lost(ctx.uow, payment.id, str(ctx.contact.telegram_id))
        order = await get_order(ctx.uow, payment.order_id)
        text = "refund-noted" if left else "refund-known"
        redraw(ctx, query, await _describe(ctx, text, order, payment, left or payment.refunded))

    return router


async def _ask(ctx: Context, command: CommandObject) -> None:
    words = read_words(command)
    if not words:
        ctx.refuse("refund-usage")
        return
    order = await find_by_number(ctx.uow, words[0])
    if order is None:
        ctx.refuse("order-unknown", number=words[0])
        return
    try:
        currency = await refunds.find_currency(ctx.uow, order)
        amount = read_money(words[1], currency) if len(words) > 1 else None
    except ValueError:
        ctx.refuse("refund-usage")
        return
    await offer_refund(ctx, order, amount)


async def offer_refund(ctx: Context, order: Order, amount: int | None) -> None:
    """Ask whether so much of an order, or all that remains of its latest payment, shall go back.

    Where somebody is to send money by hand already, that is shown again.
    """
    waiting = await refunds.find_by_hand(ctx.uow, order)
    if waiting is not None:
        refund_asked, paid = waiting
        words, buttons = await reports.write_question(ctx.uow, order, paid, refund_asked)
        ref = reports.ref_of(refund_asked.id)
        speech.say(ctx.uow, ctx.address, words, ctx.next_key(), buttons=buttons, ref=ref)
        return
    try:
        payment, most = await refunds.find_refundable(ctx.uow, order, amount)
    except refunds.RefundTooMuch as refusal:
        ctx.refuse("refund-too-much", amount=speech.price(refusal.most.amount, refusal.most.currency))
        return
    except DomainError as refusal:
        ctx.refuse(SAID[refusal.code])
        return
    asked = "refund-ask-by-hand" if refunds.goes_by_hand(payment) else "refund-ask"
    text = await reports.describe_refund(ctx.uow, asked, order, payment, most)
    text = speech.lines(text, *await leaning.warn(ctx.uow, payment.id, most))
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=_sure(payment, most))


def _sure(payment: Payment, amount: int) -> Keyboard:
    choices = (("button-refund", BY_TARIFF), ("button-refund-keep", KEEPS))
    buttons = [[back_button(text, payment, amount, choice)] for text, choice in choices]
    return [*buttons, [speech.button(speech.words("button-no"), NO, 1)]]


async def _begin(ctx: Context, decision: RefundDecision) -> Words:
    """Ask for the refund; what became of it is told when the provider has answered."""
    try:
        await refunds.ask_refund(ctx.uow, decision)
    except DomainError as refusal:
        return speech.words(SAID[refusal.code], amount="")
    payment = await get_payment(ctx.uow, decision.payment_id)
    order = await get_order(ctx.uow, payment.order_id)
    text = "refund-left-to-hand" if refunds.goes_by_hand(payment) else "refund-asked"
    return await _describe(ctx, text, order, payment, decision.amount)


async def _about(ctx: Context, refund_id: int, text: str) -> Words:
    refund_asked = await refunds.get_refund(ctx.uow, refund_id)
    payment = await get_payment(ctx.uow, refund_asked.payment_id)
    return await _describe(
        ctx, text, await get_order(ctx.uow, payment.order_id), payment, refund_asked.amount
    )


async def _describe(ctx: Context, text: str, order: Order, payment: Payment, amount: int) -> Words:
    return await reports.describe_refund(ctx.uow, text, order, payment, amount)
