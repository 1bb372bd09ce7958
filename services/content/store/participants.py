"""Who is on the list of a restricted course."""

from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.content import participants
from core.db.session import Row, dialect_insert
from services.content.schemas import ListedParticipant

ENTRY = (participants.c.id, participants.c.deployment_id, participants.c.telegram_id, participants.c.username)


async def add_participant(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Put somebody on the list; False if they are on it."""
    statement = dialect_insert(conn, participants).values(account_id=account_id, **row)
    return (await conn.execute(statement.on_conflict_do_nothing())).rowcount == 1


async def remove_participant(
    conn: AsyncConnection, account_id: int, deployment_id: int, telegram_id: int | None, username: str | None
) -> bool:
    """Take an entry off the list; False if there is none."""
    number = (
        participants.c.telegram_id == telegram_id
        if telegram_id is not None
        else participants.c.username == username
    )
    done = await conn.execute(
        delete(participants).where(
            participants.c.account_id == account_id, participants.c.deployment_id == deployment_id, number
        )
    )
    return done.rowcount > 0


async def list_participants(conn: AsyncConnection, account_id: int, deployment_id: int) -> list[Any]:
    """The list: (telegram_id, username) in the order they were added."""
    rows = await conn.execute(
        select(participants.c.telegram_id, participants.c.username)
        .where(participants.c.account_id == account_id, participants.c.deployment_id == deployment_id)
        .order_by(participants.c.id)
    )
    return list(rows.all())


async def is_listed(
    conn: AsyncConnection, account_id: int, deployment_id: int, telegram_id: int, username: str | None
) -> bool:
    """Whether a person is on the list: by id, or by name where an entry has nothing else."""
    by_name = and_(participants.c.telegram_id.is_(None), participants.c.username == (username or "").lower())
    participant_id = await conn.scalar(
        select(participants.c.id)
        .where(participants.c.account_id == account_id, participants.c.deployment_id == deployment_id)
        .where(or_(participants.c.telegram_id == telegram_id, by_name))
        .limit(1)
    )
    return participant_id is not None


async def list_page(
    conn: AsyncConnection, account_id: int, deployment_id: int | None, part: Slice
) -> list[ListedParticipant]:
    """A part of the entries, of one deployment or of all."""
    wanted = select(*ENTRY).where(participants.c.account_id == account_id)
    if deployment_id is not None:
        wanted = wanted.where(participants.c.deployment_id == deployment_id)
    return [ListedParticipant(*row) for row in await conn.execute(part.cut(wanted))]


async def remove_entry(conn: AsyncConnection, account_id: int, entry_id: int) -> bool:
    """Take one entry off its list; False if there is none."""
    done = await conn.execute(
        delete(participants).where(participants.c.account_id == account_id, participants.c.id == entry_id)
    )
    return done.rowcount == 1
