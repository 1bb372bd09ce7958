"""Partners, the clicks on their links and the people they brought."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders, partner_clicks, partners, referrals
from core.db.session import dialect_insert
from services.commerce.schemas import Partner, PartnerFigures
from services.people.conditions.purchase.has_paid import is_paid


async def add_partner(
    conn: AsyncConnection, account_id: int, contact_id: int, code: str, now: datetime
) -> bool:
    """Make a person a partner; False if they are one, and then they keep their code."""
    values = {"account_id": account_id, "contact_id": contact_id, "code": code, "created_at": now}
    done = await conn.execute(dialect_insert(conn, partners).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1


async def find_partner(
    conn: AsyncConnection, account_id: int, *, code: str | None = None, contact_id: int | None = None
) -> Partner | None:
    """A partner by their code or by who they are."""
    statement = select(partners.c.id, partners.c.contact_id, partners.c.code, partners.c.parent_id).where(
        partners.c.account_id == account_id
    )
    statement = statement.where(
        partners.c.code == code if code is not None else partners.c.contact_id == contact_id
    )
    row = (await conn.execute(statement)).one_or_none()
    return Partner(*row) if row else None


async def add_referral(
    conn: AsyncConnection, account_id: int, partner_id: int, contact_id: int, now: datetime
) -> None:
    """Note who brought a person; the first one stays."""
    values = {"account_id": account_id, "partner_id": partner_id, "contact_id": contact_id, "at": now}
    await conn.execute(dialect_insert(conn, referrals).values(**values).on_conflict_do_nothing())


async def list_sold_at(
    conn: AsyncConnection, account_id: int, partner_id: int, since: datetime
) -> list[datetime]:
    """When those whom a partner brought have paid for an order since a moment; not of one whose money went back."""
    rows = await conn.execute(
        select(orders.c.paid_at)
        .join(referrals, referrals.c.contact_id == orders.c.contact_id)
        .where(*is_paid(account_id))
        .where(referrals.c.partner_id == partner_id, orders.c.created_at >= referrals.c.at)
        .where(orders.c.paid_at >= since)
    )
    return [row.paid_at for row in rows]


async def count_figures(conn: AsyncConnection, account_id: int, partner_id: int) -> PartnerFigures:
    """Who pressed the link, whom it brought, what they have ordered and paid since and not got back, with sums by currency."""
    clicks = await conn.scalar(
        select(func.count(partner_clicks.c.contact_id.distinct())).where(
            partner_clicks.c.account_id == account_id, partner_clicks.c.partner_id == partner_id
        )
    )
    people = await conn.scalar(
        select(func.count())
        .select_from(referrals)
        .where(referrals.c.account_id == account_id, referrals.c.partner_id == partner_id)
    )
    sales = await conn.execute(
        select(orders.c.currency, func.count(), func.sum(orders.c.price))
        .join(referrals, referrals.c.contact_id == orders.c.contact_id)
        .where(*is_paid(account_id))
        .where(referrals.c.partner_id == partner_id, orders.c.created_at >= referrals.c.at)
        .group_by(orders.c.currency)
        .order_by(orders.c.currency)
    )
    rows = sales.all()
    sums = tuple((row[0], int(row[2])) for row in rows)
    return PartnerFigures(int(clicks or 0), int(people or 0), sum(row[1] for row in rows), sums)
