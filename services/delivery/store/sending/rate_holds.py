"""The tables of what 429s have told us: deadlines of bots and chats, the burst of a bot's chats."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import chat_bursts, rate_holds
from core.db.session import dialect_insert
from core.db.upserts import upsert


async def hold(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, until: datetime, seconds: float
) -> None:
    """Remember Telegram's retry_after for a chat, or with chat 0 for the whole bot; the later one counts."""
    insert = dialect_insert(conn, rate_holds).values(
        account_id=account_id, bot_id=bot_id, chat_id=chat_id, until=until, seconds=seconds
    )
    own, later = rate_holds.c.account_id == account_id, rate_holds.c.until < insert.excluded.until
    await conn.execute(
        insert.on_conflict_do_update(
            index_elements=["bot_id", "chat_id"],
            set_={"until": insert.excluded.until, "seconds": insert.excluded.seconds},
            where=own & later,
        )
    )


# all accounts: the owner of a bot obeys what Telegram told its predecessor
async def load(conn: AsyncConnection, bot_id: int, now: datetime) -> Sequence[Any]:
    """The deadlines in force ({chat_id, until, seconds}); old ones are cleared away."""
    await conn.execute(delete(rate_holds).where(rate_holds.c.bot_id == bot_id, rate_holds.c.until <= now))
    rows = await conn.execute(
        select(rate_holds.c.chat_id, rate_holds.c.until, rate_holds.c.seconds).where(
            rate_holds.c.bot_id == bot_id
        )
    )
    return rows.all()


async def put_burst(conn: AsyncConnection, account_id: int, bot_id: int, burst: int, until: datetime) -> None:
    """Remember how many messages a person's chat takes at once."""
    row = {"account_id": account_id, "bot_id": bot_id, "burst": burst, "until": until}
    await conn.execute(upsert(conn, chat_bursts, ("bot_id",), ("burst", "until")), row)


# all accounts: the owner of a bot knows what its predecessor learned
async def find_burst(conn: AsyncConnection, bot_id: int) -> Any:
    """The row of what was learned about a bot's chats."""
    rows = await conn.execute(
        select(chat_bursts.c.burst, chat_bursts.c.until).where(chat_bursts.c.bot_id == bot_id)
    )
    return rows.one_or_none()
