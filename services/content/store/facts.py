"""What has been in a person's time with us: when they came, paid and joined, and the last link for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, memberships, orders, tariffs
from core.db.models.people import contacts


@dataclass(frozen=True)
class Facts:
    """Of one person; the moments are the latest of their kind."""

    contact_id: int
    met_at: datetime
    paid_at: datetime | None
    joined_at: datetime | None
    invite_link: str | None


async def load_facts(conn: AsyncConnection, account_id: int, contact_ids: Sequence[int]) -> list[Facts]:
    """The facts of several people."""
    paid = (
        select(func.max(orders.c.paid_at))
        .where(orders.c.account_id == account_id, orders.c.contact_id == contacts.c.id)
        .scalar_subquery()
    )
    hers = (
        select(memberships.c.id)
        .join(accesses, accesses.c.id == memberships.c.access_id)
        .where(memberships.c.account_id == account_id, accesses.c.contact_id == contacts.c.id)
    )
    joined = select(func.max(memberships.c.joined_at)).where(memberships.c.id.in_(hers)).scalar_subquery()
    link = (
        select(memberships.c.link)
        .where(memberships.c.id.in_(hers), memberships.c.link.is_not(None))
        .order_by(memberships.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(contacts.c.id, contacts.c.created_at, paid, joined, link).where(
            contacts.c.account_id == account_id, contacts.c.id.in_(contact_ids)
        )
    )
    return [Facts(*row) for row in rows]


async def list_tariff_codes(conn: AsyncConnection, account_id: int) -> set[str]:
    """The codes of all tariffs, also of those that are sold no more."""
    return set(await conn.scalars(select(tariffs.c.code).where(tariffs.c.account_id == account_id)))
