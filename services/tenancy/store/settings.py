"""What accounts have set for themselves, and the revision that grows with each change."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts
from core.db.session import Row
from core.errors import DomainError, ErrorKind


async def load_settings(conn: AsyncConnection, account_id: int) -> tuple[dict[str, Any], int]:
    """What an account has set, with its revision; raises NO_ACCOUNT."""
    rows = await conn.execute(
        select(accounts.c.settings, accounts.c.revision).where(accounts.c.id == account_id)
    )
    row = rows.one_or_none()
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "NO_ACCOUNT", str(account_id))
    return dict(row.settings or {}), row.revision


async def replace_settings(conn: AsyncConnection, account_id: int, settings: Row, revision: int) -> bool:
    """Keep what an account has set; False if its revision is another one by now."""
    done = await conn.execute(
        update(accounts)
        .where(accounts.c.id == account_id, accounts.c.revision == revision)
        .values(settings=dict(settings), revision=revision + 1)
    )
    return done.rowcount == 1


# all accounts: a process works for every one of them
async def list_settings(conn: AsyncConnection) -> Mapping[int, dict[str, Any]]:
    """What each account has set."""
    rows = await conn.execute(select(accounts.c.id, accounts.c.settings))
    return {row.id: dict(row.settings or {}) for row in rows}
