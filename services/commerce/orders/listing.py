"""All orders with what came of them, for lists and tables."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import to_major
from core.rules.order_standing import Attempt, read_standing
from core.text.names import show_known, show_name
from services.commerce.lists import OrderLine, PaymentLine, RefundLine, WantedOrders, WantedPayments
from services.commerce.store.lists import order_lists as store

COLUMNS = (
    "order",
    "ordered_at",
    "paid_at",
    "state",
    "contact",
    "name",
    "username",
    "tariff",
    "price",
    "discount",
    "promo",
    "paid",
    "refunded",
    "currency",
    "provider",
    "external_id",
    "source",
)

PAYMENT_COLUMNS = (
    *("payment_of", "asked_at", "settled_at", "state", "kind", "amount", "refunded", "fee"),
    *("currency", "provider", "external_id", "is_test"),
)


ORDERS, PAYMENTS = store.ORDERS, store.PAYMENTS
ALL = WantedOrders()
LATEST_FIRST = ORDERS["-id"]
WHOLE = Slice(LATEST_FIRST, limit=None)
ALL_PAYMENTS = Slice(PAYMENTS["id"], limit=None)


async def list_orders(uow: UnitOfWork, wanted: WantedOrders = ALL, part: Slice = WHOLE) -> list[OrderLine]:
    """A part of the wanted orders with their payments; all of them, the latest first, if nothing else is said."""
    rows = await store.list_orders(uow.conn, uow.account_id, wanted, part)
    return [_line(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id)]


async def count_orders(uow: UnitOfWork, wanted: WantedOrders, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_orders(uow.conn, uow.account_id, wanted, most)


async def get_line(uow: UnitOfWork, order_id: int) -> OrderLine:
    """One of them; raises ORDER_NOT_FOUND."""
    lines = await list_orders(uow, WantedOrders(order_id=order_id))
    if not lines:
        raise DomainError(ErrorKind.NOT_FOUND, "ORDER_NOT_FOUND", str(order_id))
    return lines[0]


async def list_payments(uow: UnitOfWork, wanted: WantedPayments, part: Slice) -> list[PaymentLine]:
    """A part of the wanted payments."""
    return await store.list_payments(uow.conn, uow.account_id, wanted, part)


async def count_payments(uow: UnitOfWork, wanted: WantedPayments, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_payments(uow.conn, uow.account_id, wanted, most)


async def get_payment(uow: UnitOfWork, payment_id: int) -> PaymentLine:
    """One of them; raises PAYMENT_NOT_FOUND."""
    wanted = WantedPayments(payment_id=payment_id)
    lines = await list_payments(uow, wanted, Slice(PAYMENTS["id"], limit=1))
    if not lines:
        raise DomainError(ErrorKind.NOT_FOUND, "PAYMENT_NOT_FOUND", str(payment_id))
    return lines[0]


async def list_refunds(uow: UnitOfWork, order_id: int) -> list[RefundLine]:
    """What of an order went back, or is to, the oldest first."""
    return await store.list_refunds(uow.conn, uow.account_id, order_id)


def _line(rows: Sequence[Any]) -> OrderLine:
    """An order of its rows, one per payment, the oldest first: what counts is what was paid, else the last try."""
    paid = [row for row in rows if row.payment_status == PaymentStatus.SUCCEEDED]
    first, shown = rows[0], (paid or rows)[0 if paid else -1]
    return OrderLine(
        id=first.id,
        public_id=first.public_id,
        contact_id=first.contact_id,
        telegram_id=first.telegram_id,
        name=show_name(first.first_name, first.last_name, first.username, first.telegram_id),
        username=first.username,
        tariff_id=first.tariff_id,
        tariff=first.code,
        price=first.price,
        discount=first.discount,
        promo=first.promo,
        utm=first.utm or {},
        currency=first.currency,
        status=OrderStatus(first.status),
        standing=read_standing(
            OrderStatus(first.status), [_attempt(row) for row in rows if row.payment_status]
        ),
        paid=sum(row.amount for row in paid if row.payment_currency == shown.payment_currency),
        refunded=sum(row.refunded for row in paid if row.payment_currency == shown.payment_currency),
        paid_in=shown.payment_currency or first.currency,
        provider=shown.provider,
        external_id=shown.external_id,
        created_at=first.created_at,
        paid_at=first.paid_at,
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(PaymentStatus(row.payment_status), row.amount, row.refunded)


def known_as(line: OrderLine) -> str:
    """Who ordered, as admins know them."""
    return show_known(line.name, line.username, line.telegram_id)


def write_row(line: OrderLine) -> tuple[Any, ...]:
    """An order as a row below COLUMNS; sums in major units, moments in UTC."""
    return (
        line.public_id,
        f"{line.created_at:%Y-%m-%d %H:%M:%S}",
        f"{line.paid_at:%Y-%m-%d %H:%M:%S}" if line.paid_at else None,
        line.status,
        line.telegram_id,
        line.name,
        line.username,
        line.tariff,
        to_major(line.price, line.currency),
        to_major(line.discount, line.currency),
        line.promo,
        to_major(line.paid, line.paid_in),
        to_major(line.refunded, line.paid_in),
        line.paid_in,
        line.provider,
        line.external_id,
        line.utm.get("utm_source"),
    )


def write_payment(line: PaymentLine) -> tuple[Any, ...]:
    """A payment as a row below PAYMENT_COLUMNS, in the same way."""
    return (
        line.number,
        f"{line.created_at:%Y-%m-%d %H:%M:%S}",
        f"{line.settled_at:%Y-%m-%d %H:%M:%S}" if line.settled_at else None,
        line.status,
        line.kind,
        to_major(line.amount, line.currency),
        to_major(line.refunded, line.currency),
        None if line.fee is None else to_major(line.fee, line.currency),
        line.currency,
        line.provider,
        line.external_id,
        line.is_test,
    )
