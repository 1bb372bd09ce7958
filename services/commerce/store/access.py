"""Accesses and memberships."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, communities, memberships, payments, tariffs
from core.db.models.commerce_plans import subscriptions
from core.db.open_access import is_open
from core.db.session import Row, dialect_insert
from core.lifecycle import AccessStatus, MembershipStatus
from services.commerce.schemas import Access, Membership


async def grant(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Grant access for a payment or by hand; None if that payment, or a hand, has granted it before."""
    rows = await conn.execute(
        dialect_insert(conn, accesses)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(accesses.c.id)
    )
    access_id: int | None = rows.scalar_one_or_none()
    return access_id


async def find_active(
    conn: AsyncConnection, account_id: int, contact_id: int, tariff_id: int, now: datetime
) -> int | None:
    """The person's open access to a tariff."""
    access_id: int | None = await conn.scalar(
        select(accesses.c.id)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .where(accesses.c.tariff_id == tariff_id, is_open(now))
        .limit(1)
    )
    return access_id


async def has_bought(conn: AsyncConnection, account_id: int, contact_id: int) -> bool:
    """Whether the person has, or ever had, a tariff of ours."""
    access_id = await conn.scalar(
        select(accesses.c.id)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .limit(1)
    )
    return access_id is not None


def _select_accesses(account_id: int) -> Any:
    return (
        select(
            accesses.c.id,
            accesses.c.contact_id,
            accesses.c.tariff_id,
            tariffs.c.code,
            tariffs.c.name,
            accesses.c.status,
            accesses.c.ends_at,
            accesses.c.granted_at,
        )
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .where(accesses.c.account_id == account_id)
    )


def _access(row: Any) -> Access:
    status = AccessStatus(row.status)
    return Access(
        row.id, row.contact_id, row.tariff_id, row.code, row.name, status, row.ends_at, row.granted_at
    )


async def find_access(conn: AsyncConnection, account_id: int, access_id: int) -> Access | None:
    """An access by its id."""
    row = (await conn.execute(_select_accesses(account_id).where(accesses.c.id == access_id))).one_or_none()
    return _access(row) if row else None


async def list_by_ids(conn: AsyncConnection, account_id: int, access_ids: Collection[int]) -> list[Access]:
    """Accesses by their ids, in no order."""
    rows = await conn.execute(_select_accesses(account_id).where(accesses.c.id.in_(access_ids)))
    return [_access(row) for row in rows]


async def find_of_payment(conn: AsyncConnection, account_id: int, payment_id: int) -> Access | None:
    """What a payment opened, or keeps open as a charge of a subscription."""
    subscribed = select(subscriptions.c.access_id).where(
        subscriptions.c.account_id == account_id, subscriptions.c.id == payments.c.subscription_id
    )
    paid = select(subscribed.scalar_subquery()).where(
        payments.c.account_id == account_id, payments.c.id == payment_id
    )
    fitting = or_(accesses.c.payment_id == payment_id, accesses.c.id == paid.scalar_subquery())
    statement = _select_accesses(account_id).where(fitting)
    row = (await conn.execute(statement)).one_or_none()
    return _access(row) if row else None


async def find_latest(
    conn: AsyncConnection, account_id: int, contact_id: int, tariff_id: int, now: datetime
) -> Access | None:
    """The person's open access to a tariff, else the last one they had."""
    closed_last = case((is_open(now), 0), else_=1)
    rows = await conn.execute(
        _select_accesses(account_id)
        .where(accesses.c.contact_id == contact_id, accesses.c.tariff_id == tariff_id)
        .order_by(closed_last, accesses.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return _access(row) if row else None


async def list_active(conn: AsyncConnection, account_id: int, contact_id: int, now: datetime) -> list[Access]:
    """A person's open accesses, the oldest first."""
    rows = await conn.execute(
        _select_accesses(account_id)
        .where(accesses.c.contact_id == contact_id, is_open(now))
        .order_by(accesses.c.id)
    )
    return [_access(row) for row in rows]


async def put_off_end(conn: AsyncConnection, account_id: int, access_id: int, by: timedelta) -> None:
    """Move the end of an access that has one."""
    ends_at = await conn.scalar(
        select(accesses.c.ends_at).where(accesses.c.id == access_id, accesses.c.account_id == account_id)
    )
    if ends_at is not None:
        await conn.execute(
            update(accesses)
            .where(accesses.c.id == access_id, accesses.c.account_id == account_id)
            .values(ends_at=ends_at + by)
        )


async def extend(conn: AsyncConnection, account_id: int, access: Access, by: timedelta) -> bool:
    """Let an access end later, if its end is still the one that was seen."""
    done = await conn.execute(
        update(accesses)
        .where(accesses.c.id == access.id, accesses.c.account_id == account_id)
        .where(accesses.c.ends_at == access.ends_at)
        .values(ends_at=access.ends_at and access.ends_at + by)
    )
    return done.rowcount == 1


async def move_access(
    conn: AsyncConnection,
    account_id: int,
    access_id: int,
    to: AccessStatus,
    allowed: Sequence[AccessStatus],
) -> bool:
    """Move an access's state if that is allowed from where it is."""
    done = await conn.execute(
        update(accesses)
        .where(accesses.c.id == access_id, accesses.c.account_id == account_id)
        .where(accesses.c.status.in_(allowed))
        .values(status=to)
    )
    return done.rowcount == 1


async def list_places(
    conn: AsyncConnection, account_id: int, contact_id: int, now: datetime
) -> list[tuple[int, int, int]]:
    """Groups the person's open accesses open and they are not in: (access, community, Telegram chat)."""
    joined = _list_joined(account_id, contact_id, now)
    rows = await conn.execute(
        select(accesses.c.id, communities.c.id, communities.c.chat_id)
        .join(communities, communities.c.tariff_id == accesses.c.tariff_id)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .where(is_open(now), communities.c.chat_id.not_in(joined))
        .order_by(accesses.c.id, communities.c.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _list_joined(account_id: int, contact_id: int, now: datetime) -> Any:
    """The chats a person is in; a group may belong to several tariffs, and they are in it by any of them."""
    place, door, right = memberships.alias(), communities.alias(), accesses.alias()
    return (
        select(door.c.chat_id)
        .join(place, place.c.community_id == door.c.id)
        .join(right, right.c.id == place.c.access_id)
        .where(place.c.account_id == account_id, place.c.status == MembershipStatus.JOINED)
        .where(right.c.contact_id == contact_id, is_open(now, right))
    )


async def reopen(conn: AsyncConnection, account_id: int, access_id: int, now: datetime) -> bool:
    """Open an access that was closed or whose end has come, an end that is over with it; False if it is open."""
    later = case((accesses.c.ends_at > now, accesses.c.ends_at), else_=None)
    done = await conn.execute(
        update(accesses)
        .where(accesses.c.id == access_id, accesses.c.account_id == account_id, not_(is_open(now)))
        .values(status=AccessStatus.ACTIVE, ends_at=later)
    )
    return done.rowcount == 1


async def put_membership(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a place in a group, or let another run wait for the one there is; gives its id."""
    insert = dialect_insert(conn, memberships).values(account_id=account_id, **row)
    again = ("status", "run_id", "run_visit", "created_at")
    changed: dict[str, Any] = {name: insert.excluded[name] for name in again}
    changed |= {"leaves_at": None, "is_last_said": False}
    own = memberships.c.account_id == account_id
    known = insert.on_conflict_do_update(
        index_elements=["access_id", "community_id"], set_=changed, where=own
    )
    rows = await conn.execute(known.returning(memberships.c.id))
    return int(rows.scalar_one())


def _select_memberships(account_id: int) -> Any:
    return (
        select(
            memberships.c.id,
            memberships.c.access_id,
            communities.c.chat_id,
            memberships.c.user_id,
            memberships.c.status,
            memberships.c.link,
            memberships.c.run_id,
            memberships.c.run_visit,
            tariffs.c.name,
        )
        .join(communities, communities.c.id == memberships.c.community_id)
        .join(tariffs, tariffs.c.id == communities.c.tariff_id)
        .where(memberships.c.account_id == account_id)
    )


def _membership(row: Any) -> Membership:
    return Membership(
        id=row.id,
        access_id=row.access_id,
        community_chat_id=row.chat_id,
        user_id=row.user_id,
        status=MembershipStatus(row.status),
        link=row.link,
        run_id=row.run_id,
        run_visit=row.run_visit,
        tariff_name=row.name,
    )


async def find_membership(conn: AsyncConnection, account_id: int, membership_id: int) -> Membership | None:
    """A place in a group by its id."""
    row = (
        await conn.execute(_select_memberships(account_id).where(memberships.c.id == membership_id))
    ).one_or_none()
    return _membership(row) if row else None


async def find_by_link(conn: AsyncConnection, account_id: int, link: str) -> Membership | None:
    """The place that a link was made for."""
    statement = _select_memberships(account_id).where(memberships.c.link == link)
    row = (await conn.execute(statement.order_by(memberships.c.id.desc()).limit(1))).one_or_none()
    return _membership(row) if row else None


async def ask_anew(conn: AsyncConnection, account_id: int, membership_id: int, now: datetime) -> bool:
    """Let an invited person wait for another link; False for who is in meanwhile. It is said when it comes."""
    done = await conn.execute(
        update(memberships)
        .where(memberships.c.id == membership_id, memberships.c.account_id == account_id)
        .where(memberships.c.status == MembershipStatus.INVITED)
        .values(status=MembershipStatus.ASKED, link=None, run_id=None, run_visit=None, created_at=now)
    )
    return done.rowcount == 1


async def list_of_run(conn: AsyncConnection, account_id: int, run_id: int, visit: int) -> list[Membership]:
    """The places a run's invite waits for."""
    statement = _select_memberships(account_id).where(
        memberships.c.run_id == run_id, memberships.c.run_visit == visit
    )
    return [_membership(row) for row in await conn.execute(statement.order_by(memberships.c.id))]


async def list_of_user(
    conn: AsyncConnection,
    account_id: int,
    chat_id: int,
    user_id: int,
    now: datetime,
    *,
    opened: bool = True,
) -> list[Membership]:
    """A person's places in a group, one per access to it that is open (or is not any more)."""
    right = is_open(now)
    statement = (
        _select_memberships(account_id)
        .join(accesses, accesses.c.id == memberships.c.access_id)
        .where(communities.c.chat_id == chat_id, memberships.c.user_id == user_id)
        .where(right if opened else not_(right))
        .order_by(memberships.c.id)
    )
    return [_membership(row) for row in await conn.execute(statement)]


async def list_chats(conn: AsyncConnection, account_id: int) -> list[int]:
    """The chats of the groups of tariffs on sale."""
    rows = await conn.execute(
        select(communities.c.chat_id)
        .join(tariffs, tariffs.c.id == communities.c.tariff_id)
        .where(communities.c.account_id == account_id, tariffs.c.is_active)
        .distinct()
        .order_by(communities.c.chat_id)
    )
    return list(rows.scalars())


async def move_communities(conn: AsyncConnection, account_id: int, chat_id: int, new_id: int) -> None:
    """Give the groups of tariffs that go by this number the new one, where the tariff does not have it already."""
    other = communities.alias()
    known = select(other.c.tariff_id).where(other.c.account_id == account_id, other.c.chat_id == new_id)
    await conn.execute(
        update(communities)
        .where(communities.c.account_id == account_id, communities.c.chat_id == chat_id)
        .where(communities.c.tariff_id.not_in(known))
        .values(chat_id=new_id)
    )


async def list_waiting_outside(
    conn: AsyncConnection, account_id: int, chat_id: int, now: datetime
) -> list[Membership]:
    """The places in a group of people who may come in and are not there, one per open access."""
    outside = (MembershipStatus.INVITED, MembershipStatus.FAILED, MembershipStatus.ASKED)
    statement = (
        _select_memberships(account_id)
        .join(accesses, accesses.c.id == memberships.c.access_id)
        .where(communities.c.chat_id == chat_id, memberships.c.status.in_(outside))
        .where(is_open(now))
        .order_by(memberships.c.id)
    )
    return [_membership(row) for row in await conn.execute(statement)]


async def list_joined_by(
    conn: AsyncConnection, account_id: int, access_id: int, now: datetime
) -> list[Membership]:
    """The groups a person is in by an access and that no other open one of theirs opens."""
    door, right = communities.alias(), accesses.alias()
    holder = select(accesses.c.contact_id).where(
        accesses.c.account_id == account_id, accesses.c.id == access_id
    )
    opened = (
        select(door.c.chat_id)
        .join(right, right.c.tariff_id == door.c.tariff_id)
        .where(right.c.account_id == account_id, is_open(now, right))
        .where(right.c.contact_id == holder.scalar_subquery(), right.c.id != access_id)
    )
    statement = _select_memberships(account_id).where(
        memberships.c.access_id == access_id,
        memberships.c.status == MembershipStatus.JOINED,
        communities.c.chat_id.not_in(opened),
    )
    return [_membership(row) for row in await conn.execute(statement.order_by(memberships.c.id))]


async def is_community(conn: AsyncConnection, account_id: int, chat_id: int) -> bool:
    """Whether this chat is a paid group of ours."""
    community = await conn.scalar(
        select(communities.c.id)
        .where(communities.c.account_id == account_id, communities.c.chat_id == chat_id)
        .limit(1)
    )
    return community is not None


async def move_membership(
    conn: AsyncConnection,
    account_id: int,
    membership_id: int,
    to: MembershipStatus,
    allowed: Sequence[MembershipStatus],
    more: Row,
) -> bool:
    """Move a membership's state if that is allowed from where it is."""
    done = await conn.execute(
        update(memberships)
        .where(memberships.c.id == membership_id, memberships.c.account_id == account_id)
        .where(memberships.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1
