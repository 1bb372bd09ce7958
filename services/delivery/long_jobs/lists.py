"""Looks at long jobs, reads what they have found, and stops one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.db.keyset import Order, Slice, by_number
from core.db.models.delivery import jobs
from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import JobState
from core.public_ids import JOB
from services.delivery.feed.changes import Topic, note_change
from services.delivery.store import long_jobs as store

ORDERS: Mapping[str, Order] = by_number(jobs.c.id)
KEPT = timedelta(days=30)
"""So long the lines of a result stay: they are about people."""
PAGE = 2_000


@dataclass(frozen=True)
class JobView:
    """A long job: `done` of `total`, or of nobody knows how many."""

    id: int
    kind: str
    state: JobState
    asked_by: int
    done: int
    total: int | None
    begun_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class JobLine:
    """A line of a result, and about whom it is."""

    id: int
    contact_id: int | None
    cells: Sequence[Any]


async def list_jobs(
    uow: UnitOfWork, part: Slice, allowed: Collection[str], kind: str | None, state: JobState | None
) -> list[JobView]:
    """A part of the long jobs that somebody with these permissions may look at."""
    rows = await store.list_part(
        uow.conn, uow.account_id, part, sorted(allowed), {"kind": kind, "state": state}
    )
    return [_read(row) for row in rows]


async def get_job(uow: UnitOfWork, job_id: int, allowed: Collection[str]) -> JobView:
    """One of them; raises JOB_NOT_FOUND, also for one they may not look at."""
    row = await store.find(uow.conn, uow.account_id, job_id)
    if row is None or row["needs"] not in allowed:
        raise DomainError(ErrorKind.NOT_FOUND, "JOB_NOT_FOUND")
    return _read(row)


async def stop_job(uow: UnitOfWork, job_id: int) -> bool:
    """Have a job do no further step; False if it has ended. What it has done stays."""
    stopped = await store.stop(uow.conn, uow.account_id, job_id, uow.real_now)
    if stopped:
        note_change(uow, Topic.JOBS, JOB, job_id)
    return stopped


async def read_lines(
    db: Database, account_id: int, job_id: int, after: int
) -> tuple[list[Sequence[object]], int]:
    """The next lines of a result behind one, and the last of them; none at the end."""
    async with db.reading() as conn:
        rows = await store.list_lines(conn, account_id, job_id, after, PAGE)
    return [row["cells"] for row in rows], rows[-1]["id"] if rows else after


async def list_lines_back(uow: UnitOfWork, job_id: int, before: int | None, limit: int) -> list[JobLine]:
    """The lines of a result before one, the latest first."""
    rows = await store.list_lines_back(uow.conn, uow.account_id, job_id, before, limit)
    return [JobLine(row.id, row.contact_id, row.cells) for row in rows]


async def forget_old_lines(db: Database) -> None:
    """Forget what jobs found a month ago."""
    async with db.transaction() as transaction:
        await store.drop_lines(transaction.conn, db.clock.real_now() - KEPT)


def _read(row: Row) -> JobView:
    names = ("id", "kind", "asked_by", "done", "total", "begun_at", "ended_at")
    return JobView(**{name: row[name] for name in names}, state=JobState(row["state"]))
