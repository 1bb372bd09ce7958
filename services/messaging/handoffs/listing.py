"""The hand-offs of an account in pages."""

from dataclasses import dataclass

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.lifecycle import HandoffStatus
from services.messaging.schemas import Handoff
from services.messaging.store import handoffs as store

ORDERS = store.ORDERS


@dataclass(frozen=True)
class Wanted:
    """Which hand-offs a list is to have; all without anything."""

    status: HandoffStatus | None = None
    operator_id: int | None = None


async def list_handoffs(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Handoff]:
    """A part of the hand-offs."""
    return await store.list_page(uow.conn, uow.account_id, wanted.status, wanted.operator_id, part)


async def count_handoffs(uow: UnitOfWork, wanted: Wanted, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_page(uow.conn, uow.account_id, wanted.status, wanted.operator_id, most)
