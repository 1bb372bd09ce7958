"""Upgrades that were bought for the difference, and the money they leaned on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_money import refunds
from core.db.open_access import is_open
from core.lifecycle import OrderStatus, RefundStatus


async def list_leaning(
    conn: AsyncConnection, account_id: int, payment_id: int, now: datetime
) -> Sequence[tuple[int, int]]:
    """The upgrades that took a payment of the same course into account, each with the open access it gave.

    They are those of whoever has what was paid for: of a gift, the person who opened it.
    """
    base, base_order = payments.alias(), orders.alias()
    opening, opened = payments.alias(), accesses.alias()
    owners = (
        select(opened.c.contact_id)
        .join(opening, opening.c.id == opened.c.payment_id)
        .join(base, base.c.order_id == opening.c.order_id)
        .where(base.c.account_id == account_id, base.c.id == payment_id)
    )
    rows = await conn.execute(
        select(orders.c.id, accesses.c.id)
        .select_from(orders)
        .join(base_order, base_order.c.flow_id == orders.c.flow_id)
        .join(base, base.c.order_id == base_order.c.id)
        .join(payments, payments.c.order_id == orders.c.id)
        .join(accesses, accesses.c.payment_id == payments.c.id)
        .where(base.c.account_id == account_id, base.c.id == payment_id, is_open(now))
        .where(orders.c.contact_id.in_(owners.correlate(None)), orders.c.id != base_order.c.id)
        .where(orders.c.status == OrderStatus.PAID, orders.c.credit > 0)
        .where(orders.c.currency == base.c.currency, orders.c.created_at >= base.c.settled_at)
        .order_by(orders.c.id)
    )
    return [(row[0], row[1]) for row in rows]


async def sum_returned(conn: AsyncConnection, account_id: int, order_id: int) -> int:
    """What has gone back, since an upgrade was ordered, of the payments it took into account."""
    base, base_order = payments.alias(), orders.alias()
    opening, opened, upgrade = payments.alias(), accesses.alias(), orders.alias()
    owned = (
        select(opening.c.order_id)
        .join(opened, opened.c.payment_id == opening.c.id)
        .join(upgrade, upgrade.c.contact_id == opened.c.contact_id)
        .where(upgrade.c.account_id == account_id, upgrade.c.id == order_id)
    )
    total = await conn.scalar(
        select(func.sum(refunds.c.amount))
        .select_from(refunds)
        .join(base, base.c.id == refunds.c.payment_id)
        .join(base_order, base_order.c.id == base.c.order_id)
        .join(orders, orders.c.flow_id == base_order.c.flow_id)
        .where(orders.c.account_id == account_id, orders.c.id == order_id, orders.c.credit > 0)
        .where(base_order.c.id.in_(owned), orders.c.id != base_order.c.id)
        .where(orders.c.currency == base.c.currency, orders.c.created_at >= base.c.settled_at)
        .where(refunds.c.status == RefundStatus.SUCCEEDED, refunds.c.settled_at >= orders.c.created_at)
    )
    return int(total or 0)
