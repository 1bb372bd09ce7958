"""One way for tests to add a row: the account from the unit, the rest from the builder or the test."""

from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.base import metadata
from core.db.models.delivery_feed import feed
from core.db.session import Database, UnitOfWork


async def add_row(uow: UnitOfWork, table: Table, defaults: dict[str, Any], changed: dict[str, Any]) -> int:
    """Add a row of the unit's account; what the test changes wins over the builder's defaults. Gives its id."""
    row = {"account_id": uow.account_id, **defaults, **changed}
    return int((await uow.conn.execute(insert(table).values(**row).returning(table.c.id))).scalar_one())


async def read_rows(db: Database, table: Table, **where: Any) -> list[Any]:
    """The committed rows of a table in their order, of every account."""
    async with db.reading() as conn:
        return await read_within(conn, table, **where)


async def read_within(conn: AsyncConnection, table: Table, **where: Any) -> list[Any]:
    """The rows of a table as this connection sees them."""
    statement = select(table).filter_by(**where).order_by(*table.primary_key.columns)
    return list((await conn.execute(statement)).all())


async def count_rows(db: Database, table: Table, **where: Any) -> int:
    """How many committed rows a table has, of every account."""
    async with db.reading() as conn:
        statement = select(func.count()).select_from(table).filter_by(**where)
        return int((await conn.execute(statement)).scalar_one())


async def dump_rows(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All committed rows of all tables, to compare before with after."""
    async with db.reading() as conn:
        return {
            table.name: [tuple(row) for row in await read_within(conn, table)]
            for table in metadata.sorted_tables
        }


async def read_heard(db: Database, topic: str) -> list[tuple[str, int]]:
    """What whoever watches a topic hears, one after another: of what kind, and which row."""
    return [(row.kind, row.row_id) for row in await read_rows(db, feed, topic=topic)]
