"""Answers that are given again."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy import update as sql_update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.tenancy_api import idempotency_keys as kept
from core.db.session import Row, dialect_insert


def _is(account_id: int, actor: str, operation: str, key: str) -> ColumnElement[bool]:
    return and_(
        kept.c.account_id == account_id,
        kept.c.actor == actor,
        kept.c.operation == operation,
        kept.c.key == key,
    )


async def add(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Keep a request; False if it is there, once whoever is just adding it is done."""
    insert = dialect_insert(conn, kept).values(account_id=account_id, **row)
    return (await conn.execute(insert.on_conflict_do_nothing())).rowcount == 1


async def get(conn: AsyncConnection, account_id: int, actor: str, operation: str, key: str) -> Row:
    """A request that is there."""
    rows = await conn.execute(select(kept).where(_is(account_id, actor, operation, key)))
    return dict(rows.mappings().one())


async def update(
    conn: AsyncConnection, account_id: int, actor: str, operation: str, key: str, changed: dict[str, Any]
) -> None:
    """Keep its answer."""
    await conn.execute(sql_update(kept).where(_is(account_id, actor, operation, key)).values(changed))


async def drop_one(
    conn: AsyncConnection, account_id: int, actor: str, operation: str, key: str, before: datetime
) -> None:
    """Forget a request that is older."""
    await conn.execute(delete(kept).where(_is(account_id, actor, operation, key), kept.c.at < before))


# all accounts: what is old is old for all
async def drop_before(conn: AsyncConnection, moment: datetime) -> None:
    """Forget requests that are older."""
    await conn.execute(delete(kept).where(kept.c.at < moment))
