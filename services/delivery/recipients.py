"""Who gets a broadcast: a waiting call for each, put in line together and taken out again."""

from typing import Any

from core.db.session import UnitOfWork
from services.delivery.outbox import topic_of
from services.delivery.schemas import BulkCall
from services.delivery.store.sending import recipients as store


async def add_recipients(uow: UnitOfWork, broadcast_id: int, call: BulkCall, people: Any) -> int:
    """Put people (a selection of their Telegram ids) in line, and wake the sender; says how many."""
    uow.wake(topic_of(call.bot_id))
    return await store.add_recipients(uow.conn, uow.account_id, broadcast_id, call, people, now=uow.now)


async def cancel_waiting(uow: UnitOfWork, broadcast_id: int, limit: int) -> int:
    """Take up to `limit` recipients who still wait out of the line; says how many."""
    return await store.cancel_waiting(uow.conn, uow.account_id, broadcast_id, limit)
