"""Rows of one person become another's, where nothing of the other's stands in their way."""

from collections.abc import Callable, Sequence

from sqlalchemy import FromClause, Table, exists, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.session import Row


async def reassign(
    conn: AsyncConnection,
    table: Table,
    account_id: int,
    people: tuple[int, int],
    *,
    alone: Sequence[str] | None = None,
    only: Callable[[FromClause], ColumnElement[bool]] | None = None,
    more: Row | None = None,
) -> int:
    """Give the rows of the first of `people` to the second (`contact_id`), and say how many there were.

    `only` narrows what moves, and what stands in its way; `alone` names the columns in which the other may have no such
    row yet, `more` changes what moves.
    """
    giver, heir = people
    moving = update(table).where(table.c.account_id == account_id, table.c.contact_id == giver)
    if only is not None:
        moving = moving.where(only(table))
    if alone is not None:
        theirs = table.alias("theirs")
        same = [theirs.c[name] == table.c[name] for name in alone]
        same += [] if only is None else [only(theirs)]
        moving = moving.where(~exists().where(theirs.c.contact_id == heir, *same))
    done = await conn.execute(moving.values(contact_id=heir, **(more or {})))
    return int(done.rowcount)
