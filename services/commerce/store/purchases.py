"""What a person has, with the groups of each."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, communities, memberships, tariffs
from core.db.models.content import flows
from core.db.open_access import is_open
from core.lifecycle import MembershipStatus
from services.commerce.schemas import GroupPlace, Purchase


async def list_purchases(
    conn: AsyncConnection, account_id: int, contact_id: int, now: datetime
) -> list[Purchase]:
    """A person's open accesses, the oldest first, each with the groups of its tariff."""
    rows = await conn.execute(
        select(
            accesses.c.id,
            accesses.c.tariff_id,
            tariffs.c.name,
            tariffs.c.rights,
            tariffs.c.onboarding,
            communities.c.id.label("community_id"),
            communities.c.chat_id,
            memberships.c.status,
            memberships.c.link,
            flows.c.kind,
        )
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .join(flows, flows.c.id == tariffs.c.flow_id)
        .outerjoin(communities, communities.c.tariff_id == tariffs.c.id)
        .outerjoin(
            memberships,
            and_(memberships.c.access_id == accesses.c.id, memberships.c.community_id == communities.c.id),
        )
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .where(is_open(now))
        .order_by(accesses.c.id, communities.c.id)
    )
    purchases: dict[int, Purchase] = {}
    for row in rows:
        known = purchases.get(row.id) or _purchase(row)
        purchases[row.id] = replace(known, places=known.places + _places(row))
    return list(purchases.values())


def _purchase(row: Any) -> Purchase:
    return Purchase(
        access_id=row.id,
        tariff_name=row.name,
        rights=tuple(row.rights),
        places=(),
        tariff_id=row.tariff_id,
        opens_course=row.kind == "course",
        has_greetings=bool(row.onboarding),
    )


def _places(row: Any) -> tuple[GroupPlace, ...]:
    if row.community_id is None:
        return ()
    status = MembershipStatus(row.status) if row.status else None
    return (GroupPlace(row.community_id, row.chat_id, status, row.link),)
