"""From a chosen tariff to an order with a payment under way."""

from datetime import timedelta
from enum import StrEnum

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus, PaymentStatus
from services.commerce import payments, upgrades
from services.commerce.schemas import Order, Tariff
from services.commerce.store import access, orders
from services.commerce.tariffs import Place, get_tariff, get_tariff_by_id
from services.commerce.upgrades import Kind
from services.delivery.timers import set_timer
from services.people.schemas import Contact
from utils.signing import random_id

REMINDER = "order_reminder"
REMIND_AFTER = timedelta(hours=1)


class Choice(StrEnum):
    """What choosing a tariff led to."""

    ORDERED = "ordered"
    WAITS = "waits"  # it had been ordered before and is not paid yet
    EXPLAINED = "explained"  # she has others of this course and was told so


async def choose_tariff(
    uow: UnitOfWork, contact: Contact, place: Place, code: str, key: str, *, agreed: bool = False
) -> Choice:
    """Open an order and begin its payment, unless there is something to be said first.

    Raises ALREADY_BOUGHT if she has the tariff, TARIFF_NOT_FOUND for an unknown code, NOT_ON_SALE for one that
    is sold no more; an order that is open already can still be paid. Who has another tariff of the course hears
    what this one is to her, and must have `agreed`.
    """
    tariff = await get_tariff(uow, code)
    if await access.find_active(uow.conn, uow.account_id, contact.id, tariff.id):
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_BOUGHT", code)
    difference = await upgrades.find_difference(uow, contact.id, tariff)
    is_included = difference is not None and difference.kind is Kind.INCLUDED
    if not is_included and await _find_open(uow, contact, tariff):
        return Choice.WAITS
    if not tariff.is_active:
        raise DomainError(ErrorKind.CONFLICT, "NOT_ON_SALE", code)
    if difference and (is_included or not agreed):
        upgrades.explain(uow, difference, tariff, place, key)
        return Choice.EXPLAINED
    return await _order(uow, contact, place, tariff)


async def _find_open(uow: UnitOfWork, contact: Contact, tariff: Tariff) -> Order | None:
    return await orders.find_order(uow.conn, uow.account_id, contact_id=contact.id, tariff_id=tariff.id)


async def _order(uow: UnitOfWork, contact: Contact, place: Place, tariff: Tariff) -> Choice:
    order_id = await _open_order(uow, contact, place, tariff)
    if order_id is None:
        return Choice.WAITS
    payment_id = await orders.add_payment(
        uow.conn,
        uow.account_id,
        {
            "order_id": order_id,
            "provider": uow.env.payment_provider,
            "amount": tariff.price,
            "currency": tariff.currency,
            "status": PaymentStatus.NEW,
            "created_at": uow.now,
        },
    )
    logger.bind(event="order.opened", order_id=order_id, tariff=tariff.code, amount=tariff.price).info(
        "order opened"
    )
    await payments.request_payment(uow, payment_id, tariff)
    await set_timer(uow, REMINDER, f"order:{order_id}", uow.now + REMIND_AFTER, {"order_id": order_id})
    return Choice.ORDERED


async def show_open_order(uow: UnitOfWork, contact: Contact, code: str, key: str) -> None:
    """Say once more how the open order for a tariff is paid, if there is a page to pay on."""
    tariff = await get_tariff(uow, code)
    order = await _find_open(uow, contact, tariff)
    payment = order and await orders.find_payment(uow.conn, uow.account_id, order_id=order.id)
    if order and payment and payment.url:
        payments.say_invoice(uow, order, payment.url, key)


async def remind_of_order(uow: UnitOfWork, order_id: int) -> None:
    """Remind of an order that is still open, once; not who has bought more meanwhile."""
    order = await payments.get_order(uow, order_id)
    payment = await orders.find_payment(uow.conn, uow.account_id, order_id=order_id)
    if order.status is not OrderStatus.OPEN or payment is None or not payment.url:
        return
    tariff = await get_tariff_by_id(uow, order.tariff_id)
    difference = await upgrades.find_difference(uow, order.contact_id, tariff)
    if difference is None or difference.kind is not Kind.INCLUDED:
        payments.say_invoice(uow, order, payment.url, f"order:{order_id}:reminder", "order-reminder")


async def _open_order(uow: UnitOfWork, contact: Contact, place: Place, tariff: Tariff) -> int | None:
    return await orders.open_order(
        uow.conn,
        uow.account_id,
        {
            "public_id": random_id(),
            "contact_id": contact.id,
            "tariff_id": tariff.id,
            "bot_id": place.to.bot_id,
            "chat_id": place.to.chat_id,
            "run_id": place.run_id,
            "run_visit": place.visit,
            "price": tariff.price,
            "currency": tariff.currency,
            "status": OrderStatus.OPEN,
            "created_at": uow.now,
        },
    )
