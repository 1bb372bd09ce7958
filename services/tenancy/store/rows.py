"""Whether there is a row with a number, in any table that public ids name."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.base import metadata
from core.public_ids import Kind


async def has_row(conn: AsyncConnection, account_id: int, kind: Kind, number: int) -> bool:
    """Whether the account has such a row."""
    table = metadata.tables[kind.table]
    row = select(table.c.account_id).where(table.c[kind.column] == number, table.c.account_id == account_id)
    return await conn.scalar(row.limit(1)) is not None


async def lock_row(conn: AsyncConnection, account_id: int, kind: Kind, number: int) -> bool:
    """The same, and until this transaction ends nobody else changes it."""
    table = metadata.tables[kind.table]
    row = select(table.c.account_id).where(table.c[kind.column] == number, table.c.account_id == account_id)
    return await conn.scalar(row.limit(1).with_for_update()) is not None
