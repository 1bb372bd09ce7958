"""The links of the record of deeds, and where each account's chain ends."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts, audit_heads, audit_log
from core.db.session import Row

MOST_ID = 2**62


async def hold_head(conn: AsyncConnection, account_id: int) -> Row | None:
    """Where the chain ends; until this transaction ends nobody else moves it."""
    head = select(audit_heads).where(audit_heads.c.account_id == account_id).with_for_update()
    row = (await conn.execute(head)).mappings().one_or_none()
    return None if row is None else dict(row)


async def find_head(conn: AsyncConnection, account_id: int) -> Row | None:
    """Where the chain ends."""
    head = select(audit_heads).where(audit_heads.c.account_id == account_id)
    row = (await conn.execute(head)).mappings().one_or_none()
    return None if row is None else dict(row)


async def hold_account(conn: AsyncConnection, account_id: int) -> bool:
    """Until this transaction ends nobody else begins a chain of the account."""
    account = select(accounts.c.id).where(accounts.c.id == account_id).with_for_update()
    return await conn.scalar(account) is not None


async def add_head(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Begin a chain."""
    await conn.execute(audit_heads.insert().values(account_id=account_id, **row))


async def move_head(
    conn: AsyncConnection, account_id: int, key_sealed: str, count: int, code: str, seal: str
) -> None:
    """Note where it ends now."""
    values = {"key_sealed": key_sealed, "count": count, "code": code, "seal": seal}
    await conn.execute(update(audit_heads).where(audit_heads.c.account_id == account_id).values(**values))


async def add(conn: AsyncConnection, account_id: int, links: Sequence[Row]) -> None:
    """Write links, in their order."""
    await conn.execute(audit_log.insert(), [{**row, "account_id": account_id} for row in links])


async def list_older(conn: AsyncConnection, account_id: int) -> Sequence[Row]:
    """What was written before there were chains."""
    older = _unlinked(account_id).where(audit_log.c.id < _first_link(account_id))
    return [dict(row) for row in (await conn.execute(older)).mappings()]


async def list_between(conn: AsyncConnection, account_id: int) -> Sequence[Row]:
    """What was written without a link since the chain began: while its key was missing."""
    between = _unlinked(account_id).where(audit_log.c.id > _first_link(account_id))
    return [dict(row) for row in (await conn.execute(between)).mappings()]


def _unlinked(account_id: int) -> Select[Any]:
    unlinked = select(audit_log).where(audit_log.c.account_id == account_id, audit_log.c.number.is_(None))
    return unlinked.order_by(audit_log.c.id)


def _first_link(account_id: int) -> Any:
    """The row of the first link; behind every row where there is none."""
    first = select(func.min(audit_log.c.id)).where(
        audit_log.c.account_id == account_id, audit_log.c.number.is_not(None)
    )
    return func.coalesce(first.scalar_subquery(), MOST_ID)


async def list_links(conn: AsyncConnection, account_id: int, after: int, limit: int) -> Sequence[Row]:
    """The next links behind one."""
    links = select(audit_log).where(audit_log.c.account_id == account_id, audit_log.c.number > after)
    rows = await conn.execute(links.order_by(audit_log.c.number).limit(limit))
    return [dict(row) for row in rows.mappings()]
