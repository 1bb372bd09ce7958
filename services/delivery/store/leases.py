"""The leases table: who acts for a bot, with an epoch that only grows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import leases
from core.db.session import dialect_insert
from services.delivery.schemas import Lease
from services.delivery.store.due import LONGEST

PRESENCE = "process:"
"""How the rows are called that say of a process that it serves bots."""
FORGOTTEN = timedelta(hours=1)
TAIL = 56  # characters of an owner that fit behind it, the random ones among them
NOBODY_SINCE = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


async def take(
    conn: AsyncConnection,
    account_id: int,
    name: str,
    owner: str,
    now: datetime,
    expires_at: datetime,
    *,
    force: bool,
) -> int | None:
    """Take a free or expired lease (any, with `force`); gives the new epoch, or None if somebody holds it.

    One that runs for much longer than leases do was written by a clock that has been set back since: it is free.
    """
    await conn.execute(
        dialect_insert(conn, leases)
        .values(name=name, account_id=account_id, owner=None, epoch=0, expires_at=NOBODY_SINCE)
        .on_conflict_do_nothing()
    )
    statement = update(leases).where(leases.c.name == name, leases.c.account_id == account_id)
    if not force:
        statement = statement.where(
            or_(
                leases.c.owner.is_(None),
                leases.c.expires_at < now,
                leases.c.expires_at > expires_at + LONGEST,
            )
        )
    taken = await conn.execute(
        statement.values(owner=owner, epoch=leases.c.epoch + 1, expires_at=expires_at).returning(
            leases.c.epoch
        )
    )
    epoch: int | None = taken.scalar()
    return epoch


# all accounts: a process renews all it holds at once
async def renew(conn: AsyncConnection, owner: str, names: Sequence[str], expires_at: datetime) -> list[str]:
    """Prolong what is still ours; gives the names that are."""
    done = await conn.execute(
        update(leases)
        .where(leases.c.name.in_(names), leases.c.owner == owner)
        .values(expires_at=expires_at)
        .returning(leases.c.name)
    )
    return list(done.scalars())


# all accounts: a process releases all it holds at once
async def release(conn: AsyncConnection, owner: str) -> None:
    """Give everything up, so that the next owner need not wait."""
    await conn.execute(
        update(leases).where(leases.c.owner == owner).values(owner=None, expires_at=NOBODY_SINCE)
    )


# A condition for claims: this very epoch of the lease is in force. `holding` gives its parameters but `now`.
IS_HELD = exists().where(
    leases.c.name == bindparam("lease_name"),
    leases.c.owner == bindparam("lease_owner"),
    leases.c.epoch == bindparam("lease_epoch"),
    leases.c.expires_at > bindparam("now"),
)


def holding(lease: Lease) -> dict[str, Any]:
    """What IS_HELD asks about."""
    return {"lease_name": lease.name, "lease_owner": lease.owner, "lease_epoch": lease.epoch}


# all accounts: whoever serves holds a lease of any of them
async def count_held(conn: AsyncConnection, now: datetime) -> int:
    """How many are held."""
    held = leases.c.owner.is_not(None) & (leases.c.expires_at > now)
    return (await conn.scalar(select(func.count()).select_from(leases).where(held))) or 0


# all accounts: a process is there for all of them
async def announce(
    conn: AsyncConnection, account_id: int, owner: str, now: datetime, expires_at: datetime
) -> int:
    """Say that a process serves bots until `expires_at`; gives how many do. What ended long ago is forgotten."""
    presence = leases.c.name.like(f"{PRESENCE}%")
    said = {"owner": owner, "expires_at": expires_at}
    await conn.execute(delete(leases).where(presence, leases.c.expires_at < now - FORGOTTEN))
    await conn.execute(
        dialect_insert(conn, leases)
        .values(name=f"{PRESENCE}{owner[-TAIL:]}", account_id=account_id, epoch=0, **said)
        .on_conflict_do_update(index_elements=["name"], set_=said)
    )
    there = select(func.count()).select_from(leases).where(presence, leases.c.expires_at > now)
    return (await conn.scalar(there)) or 0


# all accounts: the name says whose it is
async def give_back(conn: AsyncConnection, owner: str, names: Sequence[str]) -> None:
    """Give some up, so that the next owner need not wait."""
    await conn.execute(
        update(leases)
        .where(leases.c.owner == owner, leases.c.name.in_(names))
        .values(owner=None, expires_at=NOBODY_SINCE)
    )
