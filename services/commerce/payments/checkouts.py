"""Telegram asks whether an invoice may be paid now: it is answered within seconds, before anything else."""

from core.db.session import UnitOfWork
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import Money
from core.rules.language import pick_language
from core.text import catalog
from payment.base import Checkout
from services.commerce.schemas import Order, Payment
from services.commerce.store import orders as store

REFUSALS = {OrderStatus.PAID: "checkout-paid", OrderStatus.CANCELLED: "checkout-over"}


async def judge(uow: UnitOfWork, provider: str, checkout: Checkout) -> str:
    """Why the invoice may not be paid, in the language of who pays; empty if it may. It is no payment yet."""
    key = await _find_refusal(uow, provider, checkout)
    return catalog.say(key, pick_language(checkout.language, uow.env.default_language)) if key else ""


async def _find_refusal(uow: UnitOfWork, provider: str, checkout: Checkout) -> str:
    payment = await store.find_payment(uow.conn, uow.account_id, payment_id=checkout.payment_id or 0)
    if payment is None or payment.provider != provider:
        return "checkout-unknown"
    order = await store.find_order(uow.conn, uow.account_id, order_id=payment.order_id)
    if order is None or order.public_id != checkout.order:
        return "checkout-unknown"
    if order.chat_id != checkout.payer_id:
        return "checkout-foreign"
    if ended := _find_end(payment, order):
        return ended
    return "" if checkout.amount == Money(payment.amount, payment.currency) else "checkout-over"


def _find_end(payment: Payment, order: Order) -> str:
    """Why a payment is to be paid no more; the order of a later charge is paid long since."""
    if payment.status is PaymentStatus.SUCCEEDED:
        return REFUSALS[OrderStatus.PAID]
    if payment.subscription_id is None and order.status is not OrderStatus.OPEN:
        return REFUSALS[order.status]
    return "checkout-over" if payment.status is PaymentStatus.CANCELLED else ""
