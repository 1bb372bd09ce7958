"""Rows of one person become another's, where nothing of the other's stands in their way."""

from collections.abc import Sequence

from sqlalchemy import Table, exists, update
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
    where: Sequence[ColumnElement[bool]] = (),
    more: Row | None = None,
) -> int:
    """Give the rows of the first of `people` to the second (`contact_id`), and say how many there were.

    `alone` names the columns in which the other may have no such row yet; `where` narrows what moves, `more` changes it.
    """
    giver, heir = people
    moving = update(table).where(table.c.account_id == account_id, table.c.contact_id == giver, *where)
    if alone is not None:
        theirs = table.alias("theirs")
        same = [theirs.c[name] == table.c[name] for name in alone]
        moving = moving.where(~exists().where(theirs.c.contact_id == heir, *same))
    done = await conn.execute(moving.values(contact_id=heir, **(more or {})))
    return int(done.rowcount)
