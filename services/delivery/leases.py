"""One process acts for a bot: a lease with an epoch that only grows."""

from collections.abc import Sequence
from datetime import timedelta

from core.db.session import Database
from services.delivery.schemas import Lease
from services.delivery.store import leases as store
from services.delivery.store.sending import outbox as outbox_store

TTL = 10.0  # seconds; renewed at a third


async def take_lease(
    db: Database, account_id: int, name: str, owner: str, *, ttl: float = TTL, force: bool = False
) -> Lease | None:
    """Take the lease if it is free or has run out; `force` when nobody else can be alive (SQLite's file lock)."""
    asked_at = db.clock.monotonic()
    async with db.unit(account_id) as uow:
        until = uow.real_now + timedelta(seconds=ttl)
        epoch = await store.take(uow.conn, account_id, name, owner, uow.real_now, until, force=force)
    return None if epoch is None else Lease(name, owner, epoch, asked_at + ttl)


async def renew_leases(db: Database, owner: str, leases: Sequence[Lease], *, ttl: float = TTL) -> list[Lease]:
    """Prolong what is still ours; gives those that were lost."""
    asked_at = db.clock.monotonic()
    async with db.transaction() as transaction:
        until = db.clock.real_now() + timedelta(seconds=ttl)
        ours = await store.renew(transaction.conn, owner, [lease.name for lease in leases], until)
    for lease in leases:
        if lease.name in ours:
            lease.valid_until = asked_at + ttl
    return [lease for lease in leases if lease.name not in ours]


async def count_held(db: Database) -> int:
    """How many leases somebody holds at this moment: none while nobody serves."""
    async with db.reading() as conn:
        return await store.count_held(conn, db.clock.real_now())


async def announce(db: Database, owner: str, *, ttl: float = TTL) -> int:
    """Say that this process serves bots; gives how many processes do, this one among them."""
    async with db.unit(db.env.account_id) as uow:
        until = uow.real_now + timedelta(seconds=ttl)
        return await store.announce(uow.conn, uow.account_id, owner, uow.real_now, until)


async def give_back(db: Database, lease: Lease) -> None:
    """Give one up, so that the next owner need not wait."""
    async with db.transaction() as transaction:
        await store.give_back(transaction.conn, lease.owner, [lease.name])


async def release_leases(db: Database, owner: str) -> None:
    """Give all up, so that the next owner need not wait."""
    async with db.transaction() as transaction:
        await store.release(transaction.conn, owner)


async def settle_predecessor(
    db: Database, account_id: int, bot_id: int, *, safe: Sequence[str], most_tries: int
) -> int:
    """Decide about the calls a former owner left half-sent; says how many there were."""
    async with db.unit(account_id) as uow:
        return await outbox_store.settle_unknown(
            uow.conn, bot_id, uow.real_now, safe=safe, most_tries=most_tries
        )
