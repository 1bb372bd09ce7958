"""The names that start links are known by."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import (
    link_names,
)
from core.db.session import dialect_insert
from core.lifecycle import NameKind


async def add_name(conn: AsyncConnection, account_id: int, name: str, kind: str) -> None:
    """Take a name in start links; one that is taken stays as it is."""
    await conn.execute(
        dialect_insert(conn, link_names)
        .values(account_id=account_id, name=name, kind=kind)
        .on_conflict_do_nothing()
    )


async def find_name(conn: AsyncConnection, account_id: int, name: str) -> NameKind | None:
    """What a name in start links stands for."""
    found_name = await conn.scalar(
        select(link_names.c.kind).where(link_names.c.account_id == account_id, link_names.c.name == name)
    )
    return NameKind(found_name) if found_name else None


async def list_names(conn: AsyncConnection, account_id: int) -> set[str]:
    """All names in start links that are taken."""
    rows = await conn.execute(select(link_names.c.name).where(link_names.c.account_id == account_id))
    return set(rows.scalars())
