"""Where authors are in their wizards."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content_wizards import wizard_states
from core.db.session import Row
from core.db.upserts import upsert

COLUMNS = (
    wizard_states.c.id,
    wizard_states.c.kind,
    wizard_states.c.state,
    wizard_states.c.choices,
    wizard_states.c.version,
    wizard_states.c.message_id,
    wizard_states.c.touched_at,
)
ALL = ("state", "choices", "version", "message_id", "touched_at")


async def find_wizard(conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, kind: str) -> Any:
    """The wizard of a kind in a chat."""
    rows = await conn.execute(
        select(*COLUMNS).where(
            wizard_states.c.account_id == account_id,
            wizard_states.c.bot_id == bot_id,
            wizard_states.c.chat_id == chat_id,
            wizard_states.c.kind == kind,
        )
    )
    return rows.one_or_none()


async def find_wizard_by_id(
    conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int, wizard_id: int
) -> Any:
    """A wizard of this chat by its number."""
    rows = await conn.execute(
        select(*COLUMNS).where(
            wizard_states.c.account_id == account_id,
            wizard_states.c.bot_id == bot_id,
            wizard_states.c.chat_id == chat_id,
            wizard_states.c.id == wizard_id,
        )
    )
    return rows.one_or_none()


async def list_wizards(conn: AsyncConnection, account_id: int, kind: str) -> list[Any]:
    """The wizards of a kind in all chats, with where these are."""
    place = (wizard_states.c.bot_id, wizard_states.c.chat_id)
    rows = await conn.execute(
        select(*COLUMNS, *place).where(wizard_states.c.account_id == account_id, wizard_states.c.kind == kind)
    )
    return list(rows)


async def put_wizard(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """A wizard of a kind in a chat, instead of the one before; gives its number."""
    statement = upsert(conn, wizard_states, ("bot_id", "chat_id", "kind"), ALL)
    rows = await conn.execute(statement.returning(wizard_states.c.id), {"account_id": account_id, **row})
    return int(rows.scalar_one())


async def move_wizard(
    conn: AsyncConnection, account_id: int, wizard_id: int, version: int, values: Row
) -> bool:
    """Keep where one is now, and its screen's choices; False if it was moved meanwhile."""
    done = await conn.execute(
        update(wizard_states)
        .where(
            wizard_states.c.account_id == account_id,
            wizard_states.c.id == wizard_id,
            wizard_states.c.version == version,
        )
        .values(version=version + 1, **values)
    )
    return done.rowcount == 1


async def keep_message(conn: AsyncConnection, account_id: int, wizard_id: int, message_id: int) -> None:
    """Which message shows the newest screen."""
    await conn.execute(
        update(wizard_states)
        .where(wizard_states.c.account_id == account_id, wizard_states.c.id == wizard_id)
        .values(message_id=message_id)
    )
