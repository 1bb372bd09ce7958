"""The jobs that somebody has begun, how far they are, and the lines they have written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.db.keyset import Slice, narrow
from core.db.models.delivery import jobs
from core.db.models.delivery_long import job_lines
from core.db.session import Row
from core.lifecycle import JobState

SEEN = tuple(
    jobs.c[name]
    for name in ("id", "kind", "state", "asked_by", "needs", "done", "total", "begun_at", "ended_at")
)


@dataclass(frozen=True)
class JobPlace:
    """How far a job is, and from where it goes on."""

    done: int
    go_on: Any


async def add(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Store a job and give its id."""
    new = jobs.insert().values(account_id=account_id, **row).returning(jobs.c.id)
    return int((await conn.execute(new)).scalar_one())


async def hold(conn: AsyncConnection, account_id: int, job_id: int, until: datetime) -> JobPlace | None:
    """Keep a job that is being done for longer; None if it is not any more. Nobody else moves it until the commit."""
    held = await conn.execute(
        update(jobs)
        .where(_one(account_id, job_id), jobs.c.state == JobState.RUNNING)
        .values(next_at=until)
        .returning(jobs.c.done, jobs.c.result)
    )
    row = held.one_or_none()
    return JobPlace(row.done, (row.result or {}).get("go_on")) if row else None


async def keep_place(conn: AsyncConnection, account_id: int, job_id: int, done: int, go_on: Any) -> None:
    """Note how far it is."""
    values = {"done": done, "result": {"go_on": go_on}}
    await conn.execute(update(jobs).where(_one(account_id, job_id)).values(**values))


async def stop(conn: AsyncConnection, account_id: int, job_id: int, now: datetime) -> bool:
    """Stop one that somebody has begun; False if it has ended."""
    waits = jobs.c.state.in_((JobState.PENDING, JobState.RUNNING))
    stopped = await conn.execute(
        update(jobs)
        .where(_one(account_id, job_id), waits, jobs.c.asked_by.is_not(None))
        .values(state=JobState.STOPPED, ended_at=now)
    )
    return stopped.rowcount == 1


async def find(conn: AsyncConnection, account_id: int, job_id: int) -> Row | None:
    """One that somebody has begun."""
    begun = select(*SEEN).where(_one(account_id, job_id), jobs.c.asked_by.is_not(None))
    row = (await conn.execute(begun)).mappings().one_or_none()
    return None if row is None else dict(row)


async def list_part(
    conn: AsyncConnection,
    account_id: int,
    part: Slice,
    allowed: Collection[str],
    asked: Mapping[str, Any],
) -> Sequence[Row]:
    """A part of those that somebody has begun and that need one of these permissions."""
    begun = select(*SEEN).where(
        jobs.c.account_id == account_id, jobs.c.asked_by.is_not(None), jobs.c.needs.in_(allowed)
    )
    begun = narrow(begun, {jobs.c[name]: value for name, value in asked.items()})
    return [dict(row) for row in (await conn.execute(part.cut(begun))).mappings()]


async def list_lines(
    conn: AsyncConnection, account_id: int, job_id: int, after: int, limit: int
) -> Sequence[Row]:
    """The next lines of one behind a line."""
    lines = select(job_lines.c.id, job_lines.c.cells).where(
        job_lines.c.account_id == account_id, job_lines.c.job_id == job_id, job_lines.c.id > after
    )
    rows = await conn.execute(lines.order_by(job_lines.c.id).limit(limit))
    return [dict(row) for row in rows.mappings()]


async def list_lines_back(
    conn: AsyncConnection, account_id: int, job_id: int, before: int | None, limit: int
) -> Sequence[Any]:
    """The lines of one before a line, the latest first."""
    lines = select(job_lines.c.id, job_lines.c.contact_id, job_lines.c.cells).where(
        job_lines.c.account_id == account_id, job_lines.c.job_id == job_id
    )
    if before is not None:
        lines = lines.where(job_lines.c.id < before)
    return list(await conn.execute(lines.order_by(job_lines.c.id.desc()).limit(limit)))


# all accounts: what is old is old for all
async def drop_lines(conn: AsyncConnection, moment: datetime) -> None:
    """Forget what was written earlier."""
    await conn.execute(delete(job_lines).where(job_lines.c.at < moment))


def _one(account_id: int, job_id: int) -> ColumnElement[bool]:
    return (jobs.c.account_id == account_id) & (jobs.c.id == job_id)
