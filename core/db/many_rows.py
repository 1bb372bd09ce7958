"""How PostgreSQL works on very many rows in pieces: by indexes, where its statistics say that reading all is cheap; in quick commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

# Ways that look at all of a table; where its statistics are old or missing they seem cheap.
WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
IS_LOCAL = literal(value=True)  # until the transaction ends
AVOIDED = [func.set_config(way, "off", IS_LOCAL) for way in WHOLE_TABLES]
BY_INDEX = select(*AVOIDED)
AS_EVER = select(*(func.set_config(way, "on", IS_LOCAL) for way in WHOLE_TABLES))
OF_A_PIECE = select(*AVOIDED, func.set_config("synchronous_commit", "off", IS_LOCAL))


@asynccontextmanager
async def by_index(conn: AsyncConnection) -> AsyncIterator[None]:
    """Put off the ways that look at all of a table, as long as an index leads to the rows; SQLite needs no telling.

    Where no index does, PostgreSQL reads all of the table as before.
    """
    if conn.dialect.name == "sqlite":
        yield
        return
    await conn.execute(BY_INDEX)
    yield
    await conn.execute(AS_EVER)


async def begin_piece(conn: AsyncConnection) -> None:
    """The same for all of this transaction, whose commit PostgreSQL writes to the disk a moment later, with the next one that waits for it.

    For work that is found undone after a crash, and done again: nothing later is kept without what was committed before.
    """
    if conn.dialect.name != "sqlite":
        await conn.execute(OF_A_PIECE)
