"""All orders with what came of them, for lists and tables."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import to_major
from core.rules.order_standing import Attempt, read_standing
from core.text.names import show_known, show_name
from services.commerce.schemas import OrderLine
from services.commerce.store import order_lists as store

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


async def list_orders(
    uow: UnitOfWork, *, status: OrderStatus | None = None, limit: int | None = None
) -> list[OrderLine]:
    """Orders with their payments, the latest first."""
    rows = await store.list_orders(uow.conn, uow.account_id, status=status, limit=limit)
    return [_line(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id)]


def _line(rows: Sequence[Any]) -> OrderLine:
    """An order of its rows, one per payment, the oldest first: what counts is what was paid, else the last try."""
    paid = [row for row in rows if row.payment_status == PaymentStatus.SUCCEEDED]
    first, shown = rows[0], (paid or rows)[0 if paid else -1]
    return OrderLine(
        id=first.id,
        public_id=first.public_id,
        telegram_id=first.telegram_id,
        name=show_name(first.first_name, first.last_name, first.username, first.telegram_id),
        username=first.username,
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
