"""The keys of an account's programs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy_api import api_keys
from core.db.session import Row, dialect_insert


async def add_key(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep a key; gives its id."""
    insert = dialect_insert(conn, api_keys).values(account_id=account_id, **row)
    return int((await conn.execute(insert.returning(api_keys.c.id))).scalar_one())


# all accounts: the secret says whose it is
async def find_key(conn: AsyncConnection, secret_hash: str) -> Row | None:
    """A key, good or not."""
    rows = await conn.execute(select(api_keys).where(api_keys.c.secret_hash == secret_hash))
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


async def list_keys(conn: AsyncConnection, account_id: int, only: int | None = None) -> Sequence[Row]:
    """The keys that are not revoked, the newest first; `only` one of them."""
    mine = select(api_keys).where(api_keys.c.account_id == account_id, api_keys.c.revoked_at.is_(None))
    wanted = mine if only is None else mine.where(api_keys.c.id == only)
    return [dict(row) for row in (await conn.execute(wanted.order_by(api_keys.c.id.desc()))).mappings()]


async def revoke_key(conn: AsyncConnection, account_id: int, key_id: int, now: datetime) -> bool:
    """Revoke a key; False if it is already."""
    done = await conn.execute(
        update(api_keys)
        .where(api_keys.c.account_id == account_id, api_keys.c.id == key_id)
        .where(api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount == 1


async def note_used(conn: AsyncConnection, account_id: int, key_id: int, now: datetime) -> None:
    """A key was just used."""
    await conn.execute(
        update(api_keys)
        .where(api_keys.c.account_id == account_id, api_keys.c.id == key_id)
        .values(used_at=now)
    )
