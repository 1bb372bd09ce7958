"""A broadcast's row is added and moved here, so that whoever watches the broadcasts hears of it."""

from collections.abc import Sequence

from core.db.session import Row, UnitOfWork
from core.lifecycle import BroadcastStatus
from core.public_ids import BROADCAST
from services.delivery.feed.changes import Topic, note_change
from services.messaging.store import broadcasts as store


async def add_broadcast(uow: UnitOfWork, row: Row) -> int:
    """Add a broadcast; gives its id."""
    broadcast_id = await store.add_broadcast(uow.conn, uow.account_id, row)
    note_change(uow, Topic.BROADCASTS, BROADCAST, broadcast_id)
    return broadcast_id


async def move_broadcast(
    uow: UnitOfWork, broadcast_id: int, to: BroadcastStatus, allowed: Sequence[BroadcastStatus], more: Row
) -> bool:
    """Move a broadcast's state if that is allowed from where it is."""
    moved = await store.move_broadcast(uow.conn, uow.account_id, broadcast_id, to, allowed, more)
    if moved:
        note_change(uow, Topic.BROADCASTS, BROADCAST, broadcast_id)
    return moved


async def decide(uow: UnitOfWork, broadcast_id: int, variant: int) -> bool:
    """Say which variant all the rest get, once."""
    decided = await store.decide(uow.conn, uow.account_id, broadcast_id, variant)
    if decided:
        note_change(uow, Topic.BROADCASTS, BROADCAST, broadcast_id)
    return decided
