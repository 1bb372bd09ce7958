"""What was given up is never gone: listed for a person, put back in line on request."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Database, UnitOfWork
from core.public_ids import JOB
from services.delivery.feed.changes import Topic, note_change
from services.delivery.schemas import DeadLetter
from services.delivery.store import inbox, jobs, timers
from services.delivery.store.sending import outbox

KINDS = ("update", "call", "timer", "job")


async def list_dead_letters(db: Database, account_id: int) -> list[DeadLetter]:
    """All updates, calls, timers and jobs of the account that wait for a person."""
    async with db.reading() as conn:
        return await _list(conn, account_id)


async def count_dead_letters(uow: UnitOfWork) -> int:
    """How many of them there are."""
    return len(await _list(uow.conn, uow.account_id))


async def _list(conn: AsyncConnection, account_id: int) -> list[DeadLetter]:
    return [
        *await inbox.list_dead(conn, account_id),
        *await outbox.list_dead(conn, account_id),
        *await timers.list_dead(conn, account_id),
        *await jobs.list_dead(conn, account_id),
    ]


async def replay_dead_letter(uow: UnitOfWork, kind: str, row_id: int | None) -> int:
    """Put one (or with None all) of a kind back in line; says how many. Unknown kind: ValueError."""
    if kind == "update":
        return await inbox.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    if kind == "call":
        return await outbox.revive(uow.conn, uow.account_id, row_id, uow.real_now)
    if kind == "timer":
        return await timers.revive(uow.conn, uow.account_id, row_id, uow.now)
    if kind == "job":
        revived = await jobs.revive(uow.conn, uow.account_id, row_id, uow.real_now)
        for job_id in revived:
            note_change(uow, Topic.JOBS, JOB, job_id)
        return len(revived)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
