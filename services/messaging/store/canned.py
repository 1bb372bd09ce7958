"""Ready answers."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Order, Slice
from core.db.models.messaging import canned_replies
from core.db.session import Row
from core.db.upserts import upsert

CHANGED = ("bot_id", "chat_id", "message_id", "content")


async def put_canned(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep one; another one of its name is replaced. Gives its id."""
    again = upsert(conn, canned_replies, ("account_id", "name"), CHANGED)
    rows = await conn.execute(again.returning(canned_replies.c.id), {"account_id": account_id, **row})
    return int(rows.scalar_one())


async def list_canned(conn: AsyncConnection, account_id: int) -> Sequence[Row]:
    """All of them, by name."""
    rows = await conn.execute(
        select(canned_replies)
        .where(canned_replies.c.account_id == account_id)
        .order_by(canned_replies.c.name)
    )
    return [dict(row) for row in rows.mappings()]


ORDERS: Mapping[str, Order] = {"name": Order((canned_replies.c.name, canned_replies.c.id))}


async def list_page(conn: AsyncConnection, account_id: int, part: Slice) -> Sequence[Row]:
    """A part of them."""
    some = select(canned_replies).where(canned_replies.c.account_id == account_id)
    return [dict(row) for row in (await conn.execute(part.cut(some))).mappings()]


async def find_canned(conn: AsyncConnection, account_id: int, canned_id: int) -> Row | None:
    """One by its id."""
    rows = await conn.execute(
        select(canned_replies).where(
            canned_replies.c.account_id == account_id, canned_replies.c.id == canned_id
        )
    )
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def drop_canned(conn: AsyncConnection, account_id: int, canned_id: int) -> bool:
    """Delete one; False if it is not there."""
    done = await conn.execute(
        delete(canned_replies).where(
            canned_replies.c.account_id == account_id, canned_replies.c.id == canned_id
        )
    )
    return done.rowcount == 1
