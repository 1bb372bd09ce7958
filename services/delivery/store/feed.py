"""Rows that have changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery_feed import feed
from core.db.session import Row


# all accounts: a process hears of all, and tells each watcher of their own
async def list_changes(conn: AsyncConnection, after: int, limit: int) -> Sequence[Row]:
    """The next changes behind one."""
    rows = await conn.execute(select(feed).where(feed.c.id > after).order_by(feed.c.id).limit(limit))
    return [dict(row) for row in rows.mappings()]


# all accounts: a process hears of all, and tells each watcher of their own
async def find_last(conn: AsyncConnection) -> int:
    """The newest change; 0 if there is none."""
    return int(await conn.scalar(select(func.max(feed.c.id))) or 0)


async def list_of_account(conn: AsyncConnection, account_id: int, after: int, limit: int) -> Sequence[Row]:
    """The next changes of an account behind one."""
    mine = select(feed).where(feed.c.account_id == account_id, feed.c.id > after)
    rows = await conn.execute(mine.order_by(feed.c.id).limit(limit))
    return [dict(row) for row in rows.mappings()]


async def has_change(conn: AsyncConnection, account_id: int, change_id: int) -> bool:
    """Whether a change of an account is still kept."""
    mine = select(feed.c.id).where(feed.c.account_id == account_id, feed.c.id == change_id)
    return await conn.scalar(mine) is not None


# all accounts: what is old is old for all
async def drop_before(conn: AsyncConnection, moment: datetime) -> None:
    """Forget what was changed earlier."""
    await conn.execute(delete(feed).where(feed.c.at < moment))
