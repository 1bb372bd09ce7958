"""Questions about many orders at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders, payments, tariffs
from core.db.models.commerce_money import promo_codes, promo_uses
from core.db.models.people import contacts
from core.lifecycle import OrderStatus, PaymentStatus


async def list_orders(
    conn: AsyncConnection, account_id: int, *, status: OrderStatus | None, limit: int | None
) -> Sequence[Any]:
    """Orders, the latest first, a row per payment of theirs (the oldest first) or one without any."""
    wanted = select(orders.c.id).where(orders.c.account_id == account_id)
    if status is not None:
        wanted = wanted.where(orders.c.status == status)
    if limit is not None:
        wanted = wanted.order_by(orders.c.id.desc()).limit(limit)
    rows = await conn.execute(
        select(
            orders.c.id,
            orders.c.public_id,
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
        .where(orders.c.account_id == account_id, orders.c.id.in_(wanted))
        .order_by(orders.c.id.desc(), payments.c.id)
    )
    return rows.all()


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
