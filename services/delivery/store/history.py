"""The messages table: written here, read by the people's inbox."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.many_rows import by_column, rows_of
from core.db.models.delivery import messages
from core.db.session import Row
from services.delivery.schemas import Heard

ADDED = ("account_id", "bot_id", "chat_id", "direction", "outbox_id", "text", "at")
# all accounts: each row brings its own
ADD_TOGETHER = insert(messages).from_select(
    ADDED, select(rows_of(**{name: messages.c[name].type for name in ADDED}))
)


# all accounts: each row brings its own
async def add(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add messages of bots in bulk: each row has the columns of ADDED."""
    if conn.dialect.name == "sqlite":
        await conn.execute(insert(messages), rows)
    else:
        await conn.execute(ADD_TOGETHER, by_column(rows))


async def list_heard(conn: AsyncConnection, account_id: int, chat_id: int, limit: int) -> list[Heard]:
    """The last lines of a chat with any bot of the account, the newest first."""
    rows = await conn.execute(
        select(messages.c.direction, messages.c.text, messages.c.at)
        .where(messages.c.account_id == account_id, messages.c.chat_id == chat_id, messages.c.text != "")
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    return [Heard(row.direction, row.text, row.at) for row in rows]


async def list_newest(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, limit: int
) -> list[int]:
    """The numbers of the newest messages that a person wrote."""
    newest = (
        select(messages.c.telegram_message_id)
        .where(messages.c.account_id == account_id, messages.c.bot_id == bot_id)
        .where(messages.c.chat_id == chat_id, messages.c.telegram_message_id.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    return list(await conn.scalars(newest))
