"""The standstills table: at most one row, for the whole installation."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery_standstill import standstills
from core.db.session import Row

NAME = standstills.name


# all accounts: an installation stands still as a whole
async def add(conn: AsyncConnection, row: Row) -> None:
    """Begin one."""
    await conn.execute(standstills.insert().values(row))


# all accounts: an installation stands still as a whole
async def find(conn: AsyncConnection) -> Row | None:
    """The one there is."""
    rows = await conn.execute(select(standstills).order_by(standstills.c.id).limit(1))
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


# all accounts: an installation goes on as a whole
async def remove(conn: AsyncConnection) -> bool:
    """End it; False if there is none."""
    return (await conn.execute(delete(standstills))).rowcount > 0
