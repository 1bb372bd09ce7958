"""Who is in the groups of tariffs without an open access, and what keeps them from being put out wrongly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import (
    access_changes,
    accesses,
    communities,
    memberships,
    orders,
    payments,
    removal_guards,
)
from core.db.open_access import is_open
from core.db.session import Row, dialect_insert
from core.lifecycle import MembershipStatus, PaymentKind, PaymentStatus
from core.rules.removal import Alarm
from services.commerce.schemas import Guard, Outsider

INSIDE = memberships.c.status == MembershipStatus.JOINED
UNSETTLED = (PaymentStatus.NEW, PaymentStatus.PENDING, PaymentStatus.HELD)
LATER = (PaymentKind.RENEWAL, PaymentKind.INSTALMENT)  # of something that was open when they were asked for


# all accounts: the pass goes from one account to the next
async def list_accounts_inside(conn: AsyncConnection) -> list[int]:
    """The accounts that have somebody in a group, or had."""
    rows = await conn.execute(
        select(memberships.c.account_id).where(INSIDE).union(select(removal_guards.c.account_id))
    )
    return sorted(rows.scalars())


async def count_inside(conn: AsyncConnection, account_id: int) -> dict[int, tuple[int, int]]:
    """How many people we let into each group are in it, and how many places have no access at all, by chat."""
    rows = await conn.execute(
        select(
            communities.c.chat_id,
            func.count(memberships.c.user_id.distinct()),
            func.sum(case((accesses.c.id.is_(None), 1), else_=0)),
        )
        .join(memberships, memberships.c.community_id == communities.c.id)
        .outerjoin(accesses, accesses.c.id == memberships.c.access_id)
        .where(communities.c.account_id == account_id, INSIDE)
        .group_by(communities.c.chat_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def count_places(conn: AsyncConnection, account_id: int) -> int:
    """How many places in groups are recorded, left ones too: they only become more."""
    places = await conn.scalar(
        select(func.count()).select_from(memberships).where(memberships.c.account_id == account_id)
    )
    return int(places or 0)


async def list_outsiders(
    conn: AsyncConnection, account_id: int, now: datetime, membership_id: int | None = None
) -> list[Outsider]:
    """People in groups that no open access of theirs opens, one place per person and group; or one such place."""
    place, door, right = memberships.alias(), communities.alias(), accesses.alias()
    opened = exists().where(
        right.c.account_id == account_id,
        right.c.contact_id == accesses.c.contact_id,
        door.c.tariff_id == right.c.tariff_id,
        door.c.chat_id == communities.c.chat_id,
        is_open(now, right),
    )
    newer = exists().where(
        place.c.account_id == account_id,
        place.c.user_id == memberships.c.user_id,
        place.c.status == MembershipStatus.JOINED,
        place.c.id > memberships.c.id,
        place.c.community_id == door.c.id,
        door.c.chat_id == communities.c.chat_id,
    )
    closed_at = (
        select(func.max(access_changes.c.at))
        .where(access_changes.c.account_id == account_id, access_changes.c.access_id == accesses.c.id)
        .correlate(accesses)
        .scalar_subquery()
    )
    ended_at = case(
        (accesses.c.ends_at <= now, accesses.c.ends_at),
        else_=func.coalesce(closed_at, memberships.c.joined_at, memberships.c.created_at),
    )
    statement = (
        select(
            memberships.c.id,
            communities.c.chat_id,
            memberships.c.user_id,
            accesses.c.contact_id,
            memberships.c.leaves_at,
            memberships.c.is_last_said,
            ended_at.label("ended_at"),
        )
        .join(communities, communities.c.id == memberships.c.community_id)
        .join(accesses, accesses.c.id == memberships.c.access_id)
        .where(memberships.c.account_id == account_id, INSIDE, ~opened, ~newer)
        .order_by(memberships.c.id)
    )
    if membership_id is not None:
        statement = statement.where(memberships.c.id == membership_id)
    return [Outsider(**row._mapping) for row in await conn.execute(statement)]  # noqa: SLF001 - SQLAlchemy's own name


async def list_unsettled(conn: AsyncConnection, account_id: int) -> set[int]:
    """People of whom nobody knows whether they have paid for a further time."""
    rows = await conn.execute(
        select(orders.c.contact_id)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(payments.c.account_id == account_id, payments.c.status.in_(UNSETTLED))
        .where(payments.c.kind.in_(LATER))
        .distinct()
    )
    return set(rows.scalars())


async def note_word(
    conn: AsyncConnection, account_id: int, membership_id: int, leaves_at: datetime, *, is_last: bool
) -> None:
    """Keep that a person was told the day."""
    await conn.execute(
        update(memberships)
        .where(memberships.c.id == membership_id, memberships.c.account_id == account_id)
        .values(leaves_at=leaves_at, is_last_said=is_last)
    )


async def bring_forward(conn: AsyncConnection, account_id: int, chat_id: int, now: datetime) -> None:
    """Let the day come now for those in a group who were to leave it later."""
    doors = select(communities.c.id).where(
        communities.c.account_id == account_id, communities.c.chat_id == chat_id
    )
    await conn.execute(
        update(memberships)
        .where(memberships.c.account_id == account_id, memberships.c.community_id.in_(doors))
        .where(INSIDE, memberships.c.leaves_at > now, memberships.c.is_last_said)
        .values(leaves_at=now)
    )


async def forget_words(conn: AsyncConnection, account_id: int, outside: Sequence[int]) -> None:
    """Whoever is not among these may stay: what was said of a day counts no more."""
    await conn.execute(
        update(memberships)
        .where(memberships.c.account_id == account_id, memberships.c.leaves_at.is_not(None))
        .where(memberships.c.id.not_in(outside))
        .values(leaves_at=None, is_last_said=False)
    )


async def find_guard(conn: AsyncConnection, account_id: int) -> Guard | None:
    """What the last pass has left."""
    columns = [removal_guards.c[name] for name in Guard.__dataclass_fields__]
    rows = await conn.execute(select(*columns).where(removal_guards.c.account_id == account_id))
    row = rows.one_or_none()
    return _guard(row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's own name


def _guard(row: Any) -> Guard:
    return Guard(**{**row, "alarm": Alarm(row["alarm"]) if row["alarm"] else None})


async def put_guard(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep what a pass leaves for the next one."""
    insert = dialect_insert(conn, removal_guards).values(account_id=account_id, **row)
    changed = {name: insert.excluded[name] for name in row}
    await conn.execute(insert.on_conflict_do_update(index_elements=["account_id"], set_=changed))
