"""Orders and their payments.

Who moves both takes the order's row first, then its payments': two units that took them the other way round would wait for
each other on PostgreSQL, and one of them would be undone. So each move of a payment holds its order first (`_hold_order`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, orders, payments
from core.db.open_access import is_open
from core.db.session import Row, dialect_insert
from core.lifecycle import OrderStatus, PaymentKind, PaymentStatus
from core.rules.pricing import Paid
from services.commerce.plan_documents import is_endless, read_plan
from services.commerce.schemas import Order, Payment

ORDER = (
    orders.c.id,
    orders.c.public_id,
    orders.c.contact_id,
    orders.c.tariff_id,
    orders.c.terms,
    orders.c.bot_id,
    orders.c.chat_id,
    orders.c.run_id,
    orders.c.run_visit,
    orders.c.price,
    orders.c.credit,
    orders.c.discount,
    orders.c.currency,
    orders.c.status,
    orders.c.stars,
    orders.c.plan,
    orders.c.replaces,
    orders.c.whole,
    orders.c.is_gift,
)
PAYMENT = (
    payments.c.id,
    payments.c.order_id,
    payments.c.provider,
    payments.c.external_id,
    payments.c.url,
    payments.c.amount,
    payments.c.currency,
    payments.c.status,
    payments.c.checks,
    payments.c.created_at,
    payments.c.made_at,
    payments.c.refunded,
    payments.c.fee,
    payments.c.kind,
    payments.c.subscription_id,
    payments.c.method,
    payments.c.method_title,
    payments.c.profile,
    payments.c.renews_until,
    payments.c.held_until,
    payments.c.is_test,
)


async def open_order(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Open an order; None if the person has one open for this course, or the number is taken."""
    rows = await conn.execute(
        dialect_insert(conn, orders)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(orders.c.id)
    )
    order_id: int | None = rows.scalar_one_or_none()
    return order_id


def _order(row: Any) -> Order:
    return Order(
        id=row.id,
        public_id=row.public_id,
        contact_id=row.contact_id,
        tariff_id=row.tariff_id,
        terms=row.terms,
        bot_id=row.bot_id,
        chat_id=row.chat_id,
        run_id=row.run_id,
        run_visit=row.run_visit,
        price=row.price,
        credit=row.credit,
        discount=row.discount,
        currency=row.currency,
        status=OrderStatus(row.status),
        stars=row.stars,
        plan=read_plan(row.plan),
        replaces=tuple(row.replaces or ()),
        whole=row.whole or row.price,
        is_gift=row.is_gift,
    )


async def find_order(
    conn: AsyncConnection,
    account_id: int,
    *,
    order_id: int | None = None,
    public_id: str | None = None,
    contact_id: int | None = None,
    flow_id: int | None = None,
) -> Order | None:
    """An order by its id or its number, or a person's open one for a course."""
    statement = select(*ORDER).where(orders.c.account_id == account_id)
    if order_id is not None:
        statement = statement.where(orders.c.id == order_id)
    elif public_id is not None:
        statement = statement.where(orders.c.public_id == public_id)
    else:
        statement = statement.where(
            orders.c.contact_id == contact_id,
            orders.c.flow_id == flow_id,
            orders.c.status == OrderStatus.OPEN,
            orders.c.is_gift.is_(False),
        )
    row = (await conn.execute(statement)).one_or_none()
    return _order(row) if row else None


async def list_recent(conn: AsyncConnection, account_id: int, contact_id: int, limit: int) -> list[Order]:
    """A person's orders, the newest first."""
    statement = select(*ORDER).where(orders.c.account_id == account_id, orders.c.contact_id == contact_id)
    return [_order(row) for row in await conn.execute(statement.order_by(orders.c.id.desc()).limit(limit))]


async def move_order(
    conn: AsyncConnection,
    account_id: int,
    order_id: int,
    to: OrderStatus,
    allowed: Sequence[OrderStatus],
    more: Row,
) -> bool:
    """Move an order's state if that is allowed from where it is."""
    done = await conn.execute(
        update(orders)
        .where(orders.c.id == order_id, orders.c.account_id == account_id, orders.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def add_payment(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a payment; gives its id."""
    rows = await conn.execute(insert(payments).values(account_id=account_id, **row).returning(payments.c.id))
    return int(rows.scalar_one())


async def find_payment(
    conn: AsyncConnection,
    account_id: int,
    *,
    payment_id: int | None = None,
    order_id: int | None = None,
    provider: str = "",
    external_id: str = "",
) -> Payment | None:
    """A payment by its id, an order's latest, or the one that a provider knows under a number of its own."""
    statement = select(*PAYMENT).where(payments.c.account_id == account_id)
    if payment_id is not None:
        statement = statement.where(payments.c.id == payment_id)
    elif order_id is not None:
        statement = statement.where(payments.c.order_id == order_id)
    else:
        statement = statement.where(payments.c.provider == provider, payments.c.external_id == external_id)
    row = (await conn.execute(statement.order_by(payments.c.id.desc()).limit(1))).one_or_none()
    return read_payment(row) if row else None


async def list_payments(conn: AsyncConnection, account_id: int, order_id: int) -> list[Payment]:
    """The payments of an order, the oldest first."""
    statement = select(*PAYMENT).where(payments.c.account_id == account_id, payments.c.order_id == order_id)
    return [read_payment(row) for row in await conn.execute(statement.order_by(payments.c.id))]


async def add_refunded(conn: AsyncConnection, account_id: int, payment_id: int, amount: int) -> int | None:
    """Count money of a payment as gone back; gives all that has, None if it would be more than was paid."""
    rows = await conn.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.account_id == account_id)
        .where(payments.c.refunded + amount <= payments.c.amount)
        .values(refunded=payments.c.refunded + amount)
        .returning(payments.c.refunded)
    )
    refunded_id: int | None = rows.scalar_one_or_none()
    return refunded_id


def read_payment(row: Any) -> Payment:
    """A payment of a row with these columns."""
    return Payment(
        id=row.id,
        order_id=row.order_id,
        provider=row.provider,
        external_id=row.external_id,
        url=row.url,
        amount=row.amount,
        currency=row.currency,
        status=PaymentStatus(row.status),
        checks=row.checks,
        made_at=row.made_at or row.created_at,
        refunded=row.refunded,
        fee=row.fee,
        kind=PaymentKind(row.kind),
        subscription_id=row.subscription_id,
        method=row.method or "",
        method_title=row.method_title or "",
        profile=row.profile or "",
        renews_until=row.renews_until,
        held_until=row.held_until,
        is_test=row.is_test,
    )


async def _hold_order(conn: AsyncConnection, account_id: int, payment_id: int) -> None:
    """Have others who move the order of a payment wait for the end of this unit; more payments may begin meanwhile."""
    own = select(payments.c.order_id).where(payments.c.id == payment_id, payments.c.account_id == account_id)
    order = select(orders.c.id).where(orders.c.id == own.scalar_subquery(), orders.c.account_id == account_id)
    await conn.execute(order.with_for_update(key_share=True))


async def move_payment(
    conn: AsyncConnection,
    account_id: int,
    payment_id: int,
    to: PaymentStatus,
    allowed: Sequence[PaymentStatus],
    more: Row,
) -> bool:
    """Move a payment's state if that is allowed from where it is."""
    await _hold_order(conn, account_id, payment_id)
    done = await conn.execute(
        update(payments)
        .where(
            payments.c.id == payment_id, payments.c.account_id == account_id, payments.c.status.in_(allowed)
        )
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def keep_fee(conn: AsyncConnection, account_id: int, payment_id: int, fee: int) -> bool:
    """Keep what a provider took of a payment; False if that was known."""
    done = await conn.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.account_id == account_id, payments.c.fee.is_(None))
        .values(fee=fee)
    )
    return done.rowcount == 1


async def count_check(conn: AsyncConnection, account_id: int, payment_id: int) -> None:
    """Count that the provider was asked once more."""
    await conn.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.account_id == account_id)
        .values(checks=payments.c.checks + 1)
    )


async def keep_number(conn: AsyncConnection, account_id: int, payment_id: int, external_id: str) -> None:
    """Keep the number of a payment at its provider, unless it has one."""
    await _hold_order(conn, account_id, payment_id)
    await conn.execute(
        update(payments)
        .where(payments.c.id == payment_id, payments.c.account_id == account_id)
        .where(payments.c.external_id.is_(None))
        .values(external_id=external_id)
    )


async def add_payment_once(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Add a payment that has a key of ours or a number of its provider's; None if that is here already."""
    rows = await conn.execute(
        dialect_insert(conn, payments)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(payments.c.id)
    )
    payment_id: int | None = rows.scalar_one_or_none()
    return payment_id


async def list_paid(
    conn: AsyncConnection,
    account_id: int,
    contact_id: int,
    tariff_ids: Sequence[int],
    currency: str,
    now: datetime,
) -> list[Paid]:
    """What was paid for the open accesses a person has to these tariffs, unless it is paid on and on."""
    opening = payments.alias()
    rows = await conn.execute(
        select(payments.c.amount, payments.c.refunded, orders.c.plan)
        .join(opening, opening.c.order_id == payments.c.order_id)
        .join(accesses, accesses.c.payment_id == opening.c.id)
        .join(orders, orders.c.id == payments.c.order_id)
        .where(payments.c.account_id == account_id, payments.c.currency == currency)
        .where(payments.c.status == PaymentStatus.SUCCEEDED)
        .where(or_(payments.c.id == opening.c.id, payments.c.kind == PaymentKind.INSTALMENT))
        .where(accesses.c.contact_id == contact_id, accesses.c.tariff_id.in_(tariff_ids))
        .where(is_open(now))
    )
    return [Paid(row.amount, row.refunded) for row in rows if not is_endless(row.plan)]


async def find_open_gift(
    conn: AsyncConnection, account_id: int, contact_id: int, tariff_id: int
) -> Order | None:
    """The latest order of a tariff that a person wants to give and has not paid."""
    rows = await conn.execute(
        select(*ORDER)
        .where(orders.c.account_id == account_id, orders.c.contact_id == contact_id)
        .where(orders.c.tariff_id == tariff_id, orders.c.is_gift, orders.c.status == OrderStatus.OPEN)
        .order_by(orders.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return _order(row) if row else None
