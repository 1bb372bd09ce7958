"""Questions about many orders at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice, by_number, count_up_to
from core.db.models.commerce import orders, payments, tariffs
from core.db.models.commerce_money import promo_codes, promo_uses, refunds
from core.db.models.people import contacts
from core.lifecycle import PaymentStatus
from services.commerce.lists import PaymentLine, RefundLine, WantedOrders, WantedPayments

ORDERS = by_number(orders.c.id)
PAYMENTS = by_number(payments.c.id)


def _select_wanted(account_id: int, wanted: WantedOrders) -> Select[tuple[int]]:
    asked = {
        orders.c.status: wanted.status,
        orders.c.contact_id: wanted.contact_id,
        orders.c.tariff_id: wanted.tariff_id,
        orders.c.id: wanted.order_id,
    }
    fitting = [column == value for column, value in asked.items() if value is not None]
    return select(orders.c.id).where(orders.c.account_id == account_id, *fitting)


async def count_orders(conn: AsyncConnection, account_id: int, wanted: WantedOrders, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select_wanted(account_id, wanted), most)


async def list_orders(
    conn: AsyncConnection, account_id: int, wanted: WantedOrders, part: Slice
) -> Sequence[Any]:
    """A part of the orders in its order, a row per payment of each (the oldest first) or one without any."""
    chosen = part.cut(_select_wanted(account_id, wanted))
    rows = await conn.execute(
        select(
            orders.c.id,
            orders.c.public_id,
            orders.c.contact_id,
            orders.c.tariff_id,
            orders.c.price,
            orders.c.discount,
            orders.c.utm,
            orders.c.currency,
            orders.c.status,
            orders.c.created_at,
            orders.c.paid_at,
            contacts.c.telegram_id,
            contacts.c.first_name,
            contacts.c.last_name,
            contacts.c.username,
            tariffs.c.code,
            promo_codes.c.code.label("promo"),
            payments.c.provider,
            payments.c.external_id,
            payments.c.amount,
            payments.c.refunded,
            payments.c.currency.label("payment_currency"),
            payments.c.status.label("payment_status"),
        )
        .join(contacts, contacts.c.id == orders.c.contact_id)
        .join(tariffs, tariffs.c.id == orders.c.tariff_id)
        .outerjoin(payments, payments.c.order_id == orders.c.id)
        .outerjoin(promo_uses, promo_uses.c.order_id == orders.c.id)
        .outerjoin(promo_codes, promo_codes.c.id == promo_uses.c.promo_id)
        .where(orders.c.account_id == account_id, orders.c.id.in_(chosen))
        .order_by(orders.c.id.desc() if part.order.descending else orders.c.id, payments.c.id)
    )
    return rows.all()


def _select_payments(account_id: int, wanted: WantedPayments) -> Select[tuple[int]]:
    asked = {
        payments.c.id: wanted.payment_id,
        payments.c.status: wanted.status,
        payments.c.order_id: wanted.order_id,
        payments.c.provider: wanted.provider,
    }
    fitting = [column == value for column, value in asked.items() if value is not None]
    return select(payments.c.id).where(payments.c.account_id == account_id, *fitting)


async def count_payments(conn: AsyncConnection, account_id: int, wanted: WantedPayments, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select_payments(account_id, wanted), most)


async def list_payments(
    conn: AsyncConnection, account_id: int, wanted: WantedPayments, part: Slice
) -> list[PaymentLine]:
    """A part of the payments in its order, with whose orders they are."""
    chosen = part.cut(_select_payments(account_id, wanted))
    rows = await conn.execute(
        select(
            payments.c.id,
            payments.c.order_id,
            orders.c.public_id.label("number"),
            orders.c.contact_id,
            payments.c.provider,
            payments.c.external_id,
            payments.c.kind,
            payments.c.amount,
            payments.c.currency,
            payments.c.refunded,
            payments.c.fee,
            payments.c.status,
            payments.c.is_test,
            payments.c.held_until,
            payments.c.created_at,
            payments.c.settled_at,
        )
        .join(orders, orders.c.id == payments.c.order_id)
        .where(payments.c.account_id == account_id, payments.c.id.in_(chosen))
        .order_by(payments.c.id.desc() if part.order.descending else payments.c.id)
    )
    return [PaymentLine(**row) for row in rows.mappings()]


async def list_refunds(conn: AsyncConnection, account_id: int, order_id: int) -> list[RefundLine]:
    """The refunds of an order's payments, the oldest first."""
    rows = await conn.execute(
        select(
            refunds.c.id,
            refunds.c.payment_id,
            refunds.c.amount,
            payments.c.currency,
            refunds.c.status,
            refunds.c.closes,
            refunds.c.reason,
            refunds.c.by,
            refunds.c.created_at,
            refunds.c.settled_at,
        )
        .join(payments, payments.c.id == refunds.c.payment_id)
        .where(refunds.c.account_id == account_id, payments.c.order_id == order_id)
        .order_by(refunds.c.id)
    )
    return [RefundLine(**row) for row in rows.mappings()]


async def list_held(conn: AsyncConnection, account_id: int) -> list[int]:
    """The payments whose money is set aside, the oldest first."""
    rows = await conn.execute(
        select(payments.c.id)
        .where(payments.c.account_id == account_id, payments.c.status == PaymentStatus.HELD)
        .order_by(payments.c.id)
    )
    return [row.id for row in rows]


async def list_open_payments(conn: AsyncConnection, account_id: int, after: int, limit: int) -> list[int]:
    """The payments beyond one of which it is not known yet what becomes of them, the oldest first."""
    rows = await conn.execute(
        select(payments.c.id)
        .where(payments.c.account_id == account_id, payments.c.id > after)
        .where(payments.c.status.in_((PaymentStatus.NEW, PaymentStatus.PENDING, PaymentStatus.HELD)))
        .order_by(payments.c.id)
        .limit(limit)
    )
    return list(rows.scalars())
