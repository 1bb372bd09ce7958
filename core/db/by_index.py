"""What PostgreSQL does in a small piece of a large table, whatever it knows or believes about that table."""

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
    """Have every row looked up by an index; SQLite does so by itself."""
    if conn.dialect.name == "sqlite":
        yield
        return
    await conn.execute(AVOIDED)
    yield
    await conn.execute(AS_EVER)
