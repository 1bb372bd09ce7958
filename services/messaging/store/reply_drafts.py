"""What members are writing to people."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.messaging_drafts import reply_drafts
from core.db.session import Row
from core.db.upserts import upsert

KEY = ("account_id", "chat_id", "author_id")


async def put_draft(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep what a member has written to a person so far."""
    again = upsert(conn, reply_drafts, KEY, ("text", "at"))
    await conn.execute(again, {"account_id": account_id, **row})


async def find_draft(conn: AsyncConnection, account_id: int, chat_id: int, author_id: int) -> Row | None:
    """What a member has written to a person so far."""
    rows = await conn.execute(
        select(reply_drafts.c.text, reply_drafts.c.at)
        .where(reply_drafts.c.account_id == account_id, reply_drafts.c.chat_id == chat_id)
        .where(reply_drafts.c.author_id == author_id)
    )
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def list_writing(
    conn: AsyncConnection, account_id: int, chat_id: int, since: datetime, but: int
) -> list[int]:
    """The members, but for one, who have written to a person since then."""
    rows = await conn.scalars(
        select(reply_drafts.c.author_id)
        .where(reply_drafts.c.account_id == account_id, reply_drafts.c.chat_id == chat_id)
        .where(reply_drafts.c.at > since, reply_drafts.c.author_id != but)
        .order_by(reply_drafts.c.author_id)
    )
    return list(rows)


async def drop_draft(conn: AsyncConnection, account_id: int, chat_id: int, author_id: int) -> None:
    """It was sent, or taken back."""
    await conn.execute(
        delete(reply_drafts)
        .where(reply_drafts.c.account_id == account_id, reply_drafts.c.chat_id == chat_id)
        .where(reply_drafts.c.author_id == author_id)
    )
