"""A payment's and an order's row moves here, with what goes along with it, so that whoever watches the orders hears of it."""

from dataclasses import replace
from typing import Any

from core.db.session import Row, UnitOfWork
from core.events import HoldEnded
from core.lifecycle import ORDER_MOVES, PAYMENT_MOVES, OrderStatus, PaymentStatus
from core.public_ids import ORDER, PAYMENT
from payment.base import PaymentFacts, PaymentState
from services.commerce.promo import uses
from services.commerce.schemas import Order, Payment
from services.commerce.store import orders as store
from services.delivery.feed.changes import Topic, note_change


async def add_payment(uow: UnitOfWork, row: Row) -> int:
    """Add a payment; gives its id."""
    payment_id = await store.add_payment(uow.conn, uow.account_id, row)
    note_change(uow, Topic.ORDERS, PAYMENT, payment_id)
    return payment_id


async def add_payment_once(uow: UnitOfWork, row: Row) -> int | None:
    """Add a payment that has a key of ours or a number of its provider's; None if that is here already."""
    payment_id = await store.add_payment_once(uow.conn, uow.account_id, row)
    if payment_id is not None:
        note_change(uow, Topic.ORDERS, PAYMENT, payment_id)
    return payment_id


async def move_payment(uow: UnitOfWork, payment: Payment, to: PaymentStatus, **more: Any) -> bool:
    """Move a payment, and say so where its money was held."""
    is_done = await store.move_payment(uow.conn, uow.account_id, payment.id, to, PAYMENT_MOVES[to], more)
    if is_done:
        note_change(uow, Topic.ORDERS, PAYMENT, payment.id)
    if is_done and payment.status is PaymentStatus.HELD:
        uow.publish(HoldEnded(payment.id, is_taken=to is PaymentStatus.SUCCEEDED))
    return is_done


async def move_order(uow: UnitOfWork, order: Order, to: OrderStatus, **more: Any) -> bool:
    """Move an order, and with it the promo code it took."""
    if not await store.move_order(uow.conn, uow.account_id, order.id, to, ORDER_MOVES[to], more):
        return False
    note_change(uow, Topic.ORDERS, ORDER, order.id)
    follow = uses.use_code if to is OrderStatus.PAID else uses.give_back
    await follow(uow, order.id)
    return True


async def adopt_number(uow: UnitOfWork, payment: Payment, facts: PaymentFacts) -> Payment:
    """The payment with its number, if this is the provider's first word about it: no second payment, only a late one."""
    is_news = payment.status is PaymentStatus.SUCCEEDED and not payment.external_id
    if not is_news or facts.state is not PaymentState.SUCCEEDED or facts.payment_id != payment.id:
        return payment
    if not facts.external_id:
        return payment
    await store.keep_number(uow.conn, uow.account_id, payment.id, facts.external_id)
    return replace(payment, external_id=facts.external_id)
