"""One person's purchases become another's, when two accounts turn out to be one person's."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import ACCESS_MOVES, AccessStatus
from services.commerce.store import access as access_store
from services.commerce.store import merging as store
from services.people.schemas import Contact


@dataclass(frozen=True)
class Purchases:
    """How many orders and accesses went over; `instead`: the heir's access in place of one that could not go."""

    orders: int
    accesses: int
    instead: Mapping[int, int]


async def take_over_purchases(uow: UnitOfWork, giver: Contact, heir: Contact) -> Purchases:
    """Orders with their money, and accesses with what is paid for them later.

    A tariff opened by hand that the heir had once is opened to them again.

    Raises TWO_SUBSCRIPTIONS, and moves nothing, where both go on paying for the same.
    """
    if await store.is_charged_twice(uow.conn, uow.account_id, giver.id, heir.id):
        raise DomainError(ErrorKind.CONFLICT, "TWO_SUBSCRIPTIONS")
    orders, accesses = await store.take_over(uow.conn, uow.account_id, giver.id, heir.id, heir.telegram_id)
    instead = await _open_again(uow, giver, heir)
    return Purchases(orders, accesses + len(instead), instead)


async def _open_again(uow: UnitOfWork, giver: Contact, heir: Contact) -> Mapping[int, int]:
    """What was opened by hand and could not go over, for the heir has a closed one of it: that one is open instead."""
    conn, account_id, closed = uow.conn, uow.account_id, AccessStatus.REVOKED
    instead = {}
    for access in await access_store.list_active(conn, account_id, giver.id, uow.now):
        heirs = await access_store.find_latest(conn, account_id, heir.id, access.tariff_id, uow.now)
        if heirs is None or heirs.is_open(uow.now):
            continue
        await access_store.reopen(conn, account_id, heirs.id, uow.now)
        await store.let_end(conn, account_id, heirs.id, access.ends_at)
        await access_store.move_access(conn, account_id, access.id, closed, ACCESS_MOVES[closed])
        instead[access.id] = heirs.id
    return instead
