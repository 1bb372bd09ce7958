"""What Telegram's 429s have told us, kept so that a restart obeys it too: deadlines, and the burst of a chat."""

from datetime import timedelta

from core.db.session import Database
from services.delivery.store.sending import rate_holds as table


async def store(db: Database, account_id: int, bot_id: int, chat_id: int, seconds: float) -> None:
    """Remember a deadline for a chat, or with chat 0 for the whole bot."""
    async with db.unit(account_id) as uow:
        until = uow.real_now + timedelta(seconds=seconds)
        await table.hold(uow.conn, account_id, bot_id, chat_id, until, seconds)


async def load(db: Database, bot_id: int) -> dict[int, float]:
    """The deadlines in force: seconds left by chat, 0 for the whole bot; never more than Telegram named."""
    now = db.clock.real_now()
    async with db.transaction() as transaction:
        holds = await table.load(transaction.conn, bot_id, now)
    return {hold.chat_id: min((hold.until - now).total_seconds(), hold.seconds) for hold in holds}


async def store_burst(db: Database, account_id: int, bot_id: int, burst: int, seconds: float) -> None:
    """Remember for so long how many messages a person's chat takes at once."""
    async with db.unit(account_id) as uow:
        until = uow.real_now + timedelta(seconds=seconds)
        await table.put_burst(uow.conn, account_id, bot_id, burst, until)


async def load_burst(db: Database, bot_id: int) -> tuple[int, float] | None:
    """The burst that was learned and the seconds for which it is still believed."""
    now = db.clock.real_now()
    async with db.reading() as conn:
        burst = await table.find_burst(conn, bot_id)
    if burst is None or burst.until <= now:
        return None
    return burst.burst, (burst.until - now).total_seconds()
