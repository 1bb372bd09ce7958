"""Who gets a broadcast: a waiting call for each, put in line together and taken out again."""

from core.db.session import UnitOfWork
from services.delivery.outbox import topic_of
from services.delivery.store.sending import recipients as store


async def add_recipients(uow: UnitOfWork, broadcast_id: int, bot_id: int, method: str) -> int:
    """Put everybody who has the bot open in line, and wake the sender; says how many."""
    uow.wake(topic_of(bot_id))
    return await store.add_recipients(uow.conn, uow.account_id, broadcast_id, bot_id, method, now=uow.now)


async def cancel_waiting(uow: UnitOfWork, broadcast_id: int, limit: int) -> int:
    """Take up to `limit` recipients who still wait out of the line; says how many."""
    return await store.cancel_waiting(uow.conn, uow.account_id, broadcast_id, limit)
