"""A person's purchases with everything each has led to: facts only, what follows from them is judged in the workflows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.db.session import Database, UnitOfWork
from services.commerce.chain_facts import (
    AccessFacts,
    AttemptFacts,
    OrderFacts,
    PurchaseFacts,
    Unbegun,
    Ungranted,
)
from services.commerce.store import why as store

SETTLED = timedelta(minutes=1)  # what is younger may be on its way
WITHIN = timedelta(days=7)  # who has not begun by then is left in peace


async def find_buyer(uow: UnitOfWork, words: str) -> int | None:
    """The person whose order, or payment at its provider, goes by this number, or whose receipts go to this address."""
    word = words.strip().lstrip("№#")
    if word.startswith("+"):
        word = "+" + "".join(filter(str.isdigit, word))
    return await store.find_buyer(uow.conn, uow.account_id, word)


async def load_purchases(uow: UnitOfWork, contact_id: int) -> list[PurchaseFacts]:
    """Everything a person ordered or was given, the newest first."""
    orders = await store.list_orders(uow.conn, uow.account_id, contact_id)
    attempts = await store.list_attempts(uow.conn, uow.account_id, [order.id for order in orders])
    accesses = await store.list_accesses(uow.conn, uow.account_id, contact_id)
    tariff_ids = {order.tariff_id for order in orders} | {access.tariff_id for access in accesses}
    names = await store.list_names(uow.conn, uow.account_id, tariff_ids)
    bought = {attempt.id for attempt in attempts}
    purchases = [_of_order(order, attempts, accesses) for order in orders]
    purchases += [
        (access.tariff_id, None, (), access) for access in accesses if access.payment_id not in bought
    ]
    return [await _gather(uow, *purchase, names[purchase[0]]) for purchase in purchases]


_Parts = tuple[int, OrderFacts | None, tuple[AttemptFacts, ...], AccessFacts | None]


def _of_order(order: OrderFacts, attempts: list[AttemptFacts], accesses: list[AccessFacts]) -> _Parts:
    own = tuple(attempt for attempt in attempts if attempt.order_id == order.id)
    ids = {entry.id for entry in own}
    access = next((access for access in accesses if access.payment_id in ids), None)
    return order.tariff_id, order, own, access


async def _gather(
    uow: UnitOfWork,
    tariff_id: int,
    order: OrderFacts | None,
    attempts: tuple[AttemptFacts, ...],
    access: AccessFacts | None,
    named: tuple[dict[str, str], int],
) -> PurchaseFacts:
    doors = await store.list_doors(uow.conn, uow.account_id, access.id if access else 0, tariff_id)
    return PurchaseFacts(tariff_id, named[0], named[1], order, attempts, access, tuple(doors))


async def measure_ungranted(uow: UnitOfWork) -> tuple[int, datetime | None]:
    """How many orders were paid and have opened nothing, and when the oldest of them was paid."""
    return await store.measure_ungranted(uow.conn, uow.account_id, uow.now - SETTLED)


async def list_ungranted(db: Database) -> Sequence[Ungranted]:
    """Orders of all accounts that are paid and have opened nothing."""
    async with db.reading() as conn:
        return await store.list_ungranted(conn, db.clock.now() - SETTLED)


async def list_unbegun(db: Database) -> Sequence[Unbegun]:
    """Accesses of all accounts, granted these days, whose course has not begun."""
    now = db.clock.now()
    async with db.reading() as conn:
        return await store.list_unbegun(conn, now - WITHIN, now - SETTLED)
