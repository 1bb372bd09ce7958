"""How PostgreSQL is kept from reading a large table for a small piece of it, where its statistics say that this is cheap."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

# Ways that look at all of a table; where its statistics are old or missing they seem cheap.
WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
IS_LOCAL = literal(value=True)  # until the transaction ends
AVOIDED = select(*(func.set_config(way, "off", IS_LOCAL) for way in WHOLE_TABLES))
AS_EVER = select(*(func.set_config(way, "on", IS_LOCAL) for way in WHOLE_TABLES))


@asynccontextmanager
async def by_index(conn: AsyncConnection) -> AsyncIterator[None]:
    """Put off the ways that look at all of a table, as long as an index leads to the rows; SQLite needs no telling.

    Where no index does, PostgreSQL reads all of the table as before.
    """
    if conn.dialect.name == "sqlite":
        yield
        return
    await conn.execute(AVOIDED)
    yield
    await conn.execute(AS_EVER)
