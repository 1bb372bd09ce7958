"""How PostgreSQL works on very many rows: in pieces, by indexes where its statistics say that reading all is cheap; many in one statement."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import TableValuedAlias, bindparam, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from core.db.session import Row

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


def rows_of(**columns: TypeEngine[Any]) -> TableValuedAlias:
    """Rows as a table for PostgreSQL, bound as one list for each column: `by_column` gives the lists."""
    lists = [bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()]
    of_columns = [column(name, kind) for name, kind in columns.items()]
    return func.unnest(*lists).table_valued(*of_columns, name="given_rows").render_derived()


def by_column(rows: Sequence[Row]) -> Mapping[str, list[Any]]:
    """Rows of the same columns as one list for each."""
    return {name: [row[name] for row in rows] for name in rows[0]}
