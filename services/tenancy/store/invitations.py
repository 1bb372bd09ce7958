"""Links by which somebody becomes a member: each is used once, and only in its account."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy_api import invitations
from core.db.session import Row, dialect_insert


async def add_invitation(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep an invitation."""
    await conn.execute(dialect_insert(conn, invitations).values(account_id=account_id, **row))


async def use_invitation(
    conn: AsyncConnection, account_id: int, token_hash: str, telegram_id: int, now: datetime
) -> str | None:
    """Use up an invitation that is still good, and give its role; None if there is none."""
    done = await conn.execute(
        update(invitations)
        .where(invitations.c.account_id == account_id, invitations.c.token_hash == token_hash)
        .where(invitations.c.used_at.is_(None), invitations.c.expires_at >= now)
        .values(used_at=now, used_by=telegram_id)
        .returning(invitations.c.role)
    )
    role: str | None = done.scalar()
    return role


async def drop_open(conn: AsyncConnection, account_id: int) -> None:
    """Have those that nobody has used open nothing any more."""
    theirs = invitations.c.account_id == account_id
    await conn.execute(delete(invitations).where(theirs, invitations.c.used_at.is_(None)))


# all accounts: what is over is forgotten everywhere
async def drop_over(conn: AsyncConnection, now: datetime) -> None:
    """Forget those that nobody can use any more."""
    await conn.execute(delete(invitations).where(invitations.c.expires_at < now))
