"""The jobs table: calls to the outside world, claimed by one process at a time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import jobs
from core.db.session import Row, dialect_insert
from core.lifecycle import JobState
from services.delivery.schemas import ClaimedJob, DeadLetter
from services.delivery.store.due import by, is_due

CLAIMABLE = (JobState.PENDING, JobState.RUNNING)  # a running one past its next_at was lost with its process


async def add(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Store a job and give its id; None if one with the same kind and key is there already, which stays."""
    new = dialect_insert(conn, jobs).values(account_id=account_id, **row).on_conflict_do_nothing()
    job_id: int | None = await conn.scalar(new.returning(jobs.c.id))
    return job_id


# all accounts: a process works for every account
async def list_due_kinds(conn: AsyncConnection, now: datetime) -> list[str]:
    """The kinds of which there is a job to claim."""
    due = select(jobs.c.kind).where(jobs.c.state.in_(CLAIMABLE), is_due(jobs.c.next_at)).distinct()
    return list(await conn.scalars(due, by(now)))


# all accounts: a process works for every account
async def is_any_at_work(conn: AsyncConnection, now: datetime) -> bool:
    """Whether a job is being done, or waits to be begun now."""
    waits = and_(jobs.c.state == JobState.PENDING, jobs.c.next_at <= now)
    at_work = select(jobs.c.id).where(or_(jobs.c.state == JobState.RUNNING, waits)).limit(1)
    return await conn.scalar(at_work) is not None


# all accounts: a process works for every account
async def claim(
    conn: AsyncConnection, now: datetime, hold: timedelta, kinds: Collection[str], limit: int
) -> list[ClaimedJob]:
    """Take up to `limit` due jobs of these kinds for `hold`; after that they count as lost and are claimed again.

    They are chosen in a CTE, which PostgreSQL evaluates once: a subquery it may run anew for every row of the table,
    and each time that skips what is locked by then and gives as many others.
    """
    due = (
        select(jobs.c.id)
        .where(jobs.c.state.in_(CLAIMABLE), is_due(jobs.c.next_at), jobs.c.kind.in_(kinds))
        .order_by(jobs.c.next_at, jobs.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = await conn.execute(
        update(jobs)
        .where(jobs.c.id.in_(select(due.c.id)))
        .values(state=JobState.RUNNING, attempts=jobs.c.attempts + 1, next_at=now + hold)
        .returning(jobs.c.id, jobs.c.account_id, jobs.c.kind, jobs.c.key, jobs.c.payload, jobs.c.attempts),
        by(now),
    )
    return [ClaimedJob(*row) for row in rows]


async def finish(conn: AsyncConnection, account_id: int, job: ClaimedJob, values: Row) -> bool:
    """Store a claimed job's outcome; False if it was claimed anew meanwhile."""
    done = await conn.execute(
        update(jobs)
        .where(
            jobs.c.id == job.id,
            jobs.c.account_id == account_id,
            jobs.c.state == JobState.RUNNING,
            jobs.c.attempts == job.attempts,
        )
        .values(**values)
    )
    return done.rowcount == 1


async def list_dead(conn: AsyncConnection, account_id: int) -> list[DeadLetter]:
    """Jobs that were given up."""
    rows = await conn.execute(
        select(jobs).where(jobs.c.account_id == account_id, jobs.c.state == JobState.DEAD).order_by(jobs.c.id)
    )
    return [DeadLetter("job", row.id, f"{row.kind} {row.key}", row.error or "", row.next_at) for row in rows]


async def revive(conn: AsyncConnection, account_id: int, job_id: int | None, now: datetime) -> list[int]:
    """Put one dead job (or all) back in line; gives their ids."""
    statement = update(jobs).where(jobs.c.account_id == account_id, jobs.c.state == JobState.DEAD)
    if job_id is not None:
        statement = statement.where(jobs.c.id == job_id)
    revived = statement.values(state=JobState.PENDING, attempts=0, next_at=now, error=None, ended_at=None)
    return list(await conn.scalars(revived.returning(jobs.c.id)))
