"""What one person bought becomes another's."""

from datetime import datetime

from sqlalchemy import FromClause, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import accesses, orders, partner_clicks, partners, referrals
from core.db.models.commerce_money import payers, promo_uses
from core.db.models.commerce_plans import subscriptions
from core.db.reassign import reassign
from core.lifecycle import OrderStatus, PromoUse, SubscriptionState


async def take_over(
    conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int, chat_id: int
) -> tuple[int, int]:
    """Orders with their money, accesses, subscriptions, what partners are owed for it; says how many orders and accesses.

    What the heir has already stays where it is: an open order of the same, a tariff by hand.
    """
    people, more = (contact_id, heir_id), {"chat_id": chat_id}
    bought = await reassign(conn, orders, account_id, people, only=_is_settled, more=more)
    bought += await reassign(
        conn, orders, account_id, people, only=lambda its: ~_is_settled(its), alone=("flow_id",), more=more
    )
    opened = await reassign(
        conn, accesses, account_id, people, only=lambda its: its.c.payment_id.is_not(None)
    )
    opened += await reassign(
        conn, accesses, account_id, people, only=lambda its: its.c.payment_id.is_(None), alone=("tariff_id",)
    )
    await reassign(conn, subscriptions, account_id, people, only=_is_live, alone=("tariff_id",))
    await reassign(conn, subscriptions, account_id, people, only=lambda its: ~_is_live(its))
    await reassign(conn, promo_uses, account_id, people, only=_is_used, alone=("promo_id", "number"))
    await reassign(conn, promo_uses, account_id, people, only=lambda its: ~_is_used(its))
    await reassign(conn, partner_clicks, account_id, people)
    for table in (payers, referrals, partners):
        await reassign(conn, table, account_id, people, alone=())
    return bought, opened


async def let_end(conn: AsyncConnection, account_id: int, access_id: int, ends_at: datetime | None) -> None:
    """Have an access end then; None: never."""
    await conn.execute(
        update(accesses)
        .where(accesses.c.id == access_id, accesses.c.account_id == account_id)
        .values(ends_at=ends_at)
    )


async def is_charged_twice(conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int) -> bool:
    """Whether both have a subscription of one tariff that goes on: as one person they would pay for it twice."""
    theirs = subscriptions.alias("theirs")
    asked = exists().where(
        subscriptions.c.account_id == account_id,
        subscriptions.c.contact_id == contact_id,
        subscriptions.c.tariff_id == theirs.c.tariff_id,
        theirs.c.account_id == account_id,
        theirs.c.contact_id == heir_id,
        *(its.c.cancelled_at.is_(None) & _is_live(its) for its in (subscriptions, theirs)),
    )
    return bool(await conn.scalar(select(asked)))


def _is_settled(its: FromClause) -> ColumnElement[bool]:
    return or_(its.c.status != OrderStatus.OPEN.value, its.c.is_gift)


def _is_live(its: FromClause) -> ColumnElement[bool]:
    return its.c.state != SubscriptionState.ENDED.value


def _is_used(its: FromClause) -> ColumnElement[bool]:
    return its.c.state != PromoUse.RETURNED.value
