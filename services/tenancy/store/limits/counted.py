"""How much an account has of what plans limit."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import media_files
from core.db.models.learning import runs
from core.db.models.messaging import broadcasts
from core.db.models.tenancy import bots
from core.lifecycle import BroadcastStatus
from core.to_many import BroadcastKind

STUDYING = ("active", "held", "parked")
"""How a course stands that is not over."""


async def count_bots(conn: AsyncConnection, account_id: int) -> int:
    """The bots that work for an account."""
    mine = select(func.count()).where(bots.c.account_id == account_id, bots.c.is_active)
    return int(await conn.scalar(mine) or 0)


async def count_students(conn: AsyncConnection, account_id: int) -> int:
    """People with a course that is not over."""
    studying = runs.c.account_id == account_id, runs.c.kind == "course", runs.c.status.in_(STUDYING)
    return int(await conn.scalar(select(func.count(runs.c.contact_id.distinct())).where(*studying)) or 0)


async def is_student(conn: AsyncConnection, account_id: int, contact_id: int) -> bool:
    """Whether somebody has a course that is not over."""
    theirs = select(runs.c.id).where(runs.c.account_id == account_id, runs.c.contact_id == contact_id)
    own = theirs.where(runs.c.kind == "course", runs.c.status.in_(STUDYING))
    return await conn.scalar(own.limit(1)) is not None


async def count_broadcasts(conn: AsyncConnection, account_id: int, since: datetime) -> int:
    """Broadcasts that have started since then, or are planned."""
    mine = broadcasts.c.account_id == account_id, broadcasts.c.kind == BroadcastKind.SEND
    planned = broadcasts.c.status == BroadcastStatus.SCHEDULED
    counted = select(func.count()).where(*mine, or_(broadcasts.c.started_at > since, planned))
    return int(await conn.scalar(counted) or 0)


async def sum_storage(conn: AsyncConnection, account_id: int) -> int:
    """Bytes of an account's uploaded files."""
    mine = select(func.sum(media_files.c.size)).where(media_files.c.account_id == account_id)
    return int(await conn.scalar(mine) or 0)
