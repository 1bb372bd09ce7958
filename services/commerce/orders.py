"""From a chosen tariff to an order with a payment under way."""

from datetime import timedelta

from loguru import logger

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus, PaymentStatus
from services.commerce import payments
from services.commerce.schemas import Tariff
from services.commerce.store import access, orders
from services.commerce.tariffs import get_tariff
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.people.schemas import Contact
from utils.signing import random_id

REMINDER = "order_reminder"
REMIND_AFTER = timedelta(hours=1)


async def choose_tariff(
    uow: UnitOfWork, contact: Contact, to: Address, code: str, *, run_id: int | None, visit: int | None
) -> bool:
    """Open an order and begin its payment; False if the person has one open for this tariff already.

    Raises ALREADY_BOUGHT if she has the tariff, TARIFF_NOT_FOUND for an unknown code, NOT_ON_SALE for one that
    is sold no more; an order that is open already can still be paid.
    """
    tariff = await get_tariff(uow, code)
    if await access.find_active(uow.conn, uow.account_id, contact.id, tariff.id):
        raise DomainError(ErrorKind.CONFLICT, "ALREADY_BOUGHT", code)
    if await orders.find_order(uow.conn, uow.account_id, contact_id=contact.id, tariff_id=tariff.id):
        return False
    if not tariff.is_active:
        raise DomainError(ErrorKind.CONFLICT, "NOT_ON_SALE", code)
    order_id = await _open_order(uow, contact, to, tariff, run_id, visit)
    if order_id is None:
        return False
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
    logger.bind(event="order.opened", order_id=order_id, tariff=code, amount=tariff.price).info(
        "order opened"
    )
    await payments.request_payment(uow, payment_id, tariff)
    await set_timer(uow, REMINDER, f"order:{order_id}", uow.now + REMIND_AFTER, {"order_id": order_id})
    return True


async def show_open_order(uow: UnitOfWork, contact: Contact, code: str, key: str) -> None:
    """Say once more how the open order for a tariff is paid, if there is a page to pay on."""
    tariff = await get_tariff(uow, code)
    order = await orders.find_order(uow.conn, uow.account_id, contact_id=contact.id, tariff_id=tariff.id)
    payment = order and await orders.find_payment(uow.conn, uow.account_id, order_id=order.id)
    if order and payment and payment.url:
        payments.say_invoice(uow, order, payment.url, key)


async def remind_of_order(uow: UnitOfWork, order_id: int) -> None:
    """Remind of an order that is still open, once."""
    order = await payments.get_order(uow, order_id)
    payment = await orders.find_payment(uow.conn, uow.account_id, order_id=order_id)
    if order.status is OrderStatus.OPEN and payment and payment.url:
        payments.say_invoice(uow, order, payment.url, f"order:{order_id}:reminder", "order-reminder")


async def _open_order(
    uow: UnitOfWork, contact: Contact, to: Address, tariff: Tariff, run_id: int | None, visit: int | None
) -> int | None:
    return await orders.open_order(
        uow.conn,
        uow.account_id,
        {
            "public_id": random_id(),
            "contact_id": contact.id,
            "tariff_id": tariff.id,
            "bot_id": to.bot_id,
            "chat_id": to.chat_id,
            "run_id": run_id,
            "run_visit": visit,
            "price": tariff.price,
            "currency": tariff.currency,
            "status": OrderStatus.OPEN,
            "created_at": uow.now,
        },
    )
