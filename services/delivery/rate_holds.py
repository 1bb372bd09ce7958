"""Telegram's retry_after, kept so that a restart obeys it too."""

from datetime import timedelta

from core.db.session import Database
from services.delivery.store import leases


async def store(db: Database, account_id: int, bot_id: int, chat_id: int, seconds: float) -> None:
    """Remember a deadline for a chat, or with chat 0 for the whole bot."""
    async with db.unit(account_id) as uow:
        until = uow.real_now + timedelta(seconds=seconds)
        await leases.hold_rate(uow.conn, account_id, bot_id, chat_id, until)


async def load(db: Database, bot_id: int) -> dict[int, float]:
    """The deadlines in force: seconds left by chat, 0 for the whole bot."""
    now = db.clock.real_now()
    async with db.transaction() as transaction:
        holds = await leases.load_rate_holds(transaction.conn, bot_id, now)
    return {chat_id: (until - now).total_seconds() for chat_id, until in holds.items()}
