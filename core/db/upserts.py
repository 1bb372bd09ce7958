"""Adding a row or changing the one there is: each statement is built once, and changes rows of its account only."""

from functools import cache

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

Insert = sqlite.Insert | postgresql.Insert


def upsert(
    conn: AsyncConnection,
    table: Table,
    key: tuple[str, ...],
    changed: tuple[str, ...],
    *,
    only: ColumnElement[bool] | None = None,
) -> Insert:
    """An insert, to be executed with the row, that changes these columns if `key` is taken within the account.

    A row of another account stays as it is, and nothing is returned. `only` is the condition of a partial index.
    """
    return _build(conn.dialect.name, table, key, changed, only)


@cache  # building a statement costs more than running it
def _build(
    dialect: str,
    table: Table,
    key: tuple[str, ...],
    changed: tuple[str, ...],
    only: ColumnElement[bool] | None,
) -> Insert:
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=key,
        index_where=only,
        set_={name: insert.excluded[name] for name in changed},
        where=table.c.account_id == insert.excluded.account_id,
    )
