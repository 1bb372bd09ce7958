"""The room of work that takes longer than a person waits: how far it is, what it has found, and that it be stopped."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from core.lifecycle import JobState
from services.delivery.long_jobs import lists
from services.delivery.long_jobs.lists import ORDERS, JobView
from services.insight.csv_files import write_rows
from services.reactions.long_jobs import LONG_JOBS
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import JobId, JobRef, MemberId
from web.api.models import Answer, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room
from web.api.workbooks import MOST_ROWS, WORKBOOK, answer_workbook

READ, CHANGE = Policy(Permission.WORK), Policy(Permission.WORK)
FILE = Policy(Permission.WORK, apart=True)
Jobs = Annotated[ListPage, paged(ORDERS)]
room = Room("jobs")


class JobStatus(StrEnum):
    """What has become of a job; `pending`: it waits for its turn."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATUS: Mapping[JobState, JobStatus] = {
    JobState.PENDING: JobStatus.PENDING,
    JobState.RUNNING: JobStatus.RUNNING,
    JobState.DONE: JobStatus.DONE,
    JobState.DEAD: JobStatus.FAILED,
    JobState.STOPPED: JobStatus.CANCELLED,
}
STATE: Mapping[JobStatus, JobState] = {status: state for state, status in STATUS.items()}


class JobItem(Answer):
    """Work that somebody has begun: `done` of `total`, which is null while nobody knows how many.

    The file of its result is there until `result_until`.
    """

    model_config = example(
        id="job_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        kind="contacts_bulk",
        status="running",
        done=1500,
        total=4312,
        asked_by="mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        begun_at="2030-01-07T09:00:00Z",
        ended_at=None,
        result_until=None,
    )

    id: JobId
    kind: str
    status: JobStatus
    done: int
    total: int | None
    asked_by: MemberId
    begun_at: datetime
    ended_at: datetime | None
    result_until: datetime | None


def show_job(job: JobView) -> JobItem:
    """A job as the API shows it."""
    names = ("id", "kind", "done", "total", "asked_by", "begun_at", "ended_at")
    until = job.ended_at and job.ended_at + lists.KEPT
    return JobItem(
        **{name: getattr(job, name) for name in names}, status=STATUS[job.state], result_until=until
    )


@room.get("/jobs", READ)
async def list_jobs(
    call: Call,
    page: Jobs,
    kind: Annotated[str | None, Query(max_length=32), Field(description="Of this kind alone.")] = None,
    status: JobStatus | None = None,
) -> Listed[JobItem]:
    """The work that members have begun, the last one first: what they may look at."""
    state = STATE[status] if status else None
    allowed = call.account.permissions
    taken = await page.take(lambda part: lists.list_jobs(call.uow, part, allowed, kind, state), show_job)
    return Listed(**taken)


@room.get("/jobs/{job}", READ)
async def get_job(call: Call, job: JobRef) -> JobItem:
    """How far a job is."""
    return show_job(await lists.get_job(call.uow, job, call.account.permissions))


@room.post("/jobs/{job}/cancel", CHANGE)
async def cancel_job(call: Call, job: JobRef) -> JobItem:
    """Have a job do no more; what it has done stays."""
    former = await get_job(call, job)
    call.note_change(None, former.status)
    call.only_looked = not await lists.stop_job(call.uow, job)
    shown = await get_job(call, job)
    if shown.status is not JobStatus.CANCELLED:
        raise Problem(409, "JOB_CANNOT", more={"allowed": []})
    return shown


@room.get("/jobs/{job}/result.csv", FILE, "text/csv")
async def get_job_result(call: Call, job: JobRef) -> Response:
    """What a job has found or done so far, a line for each of those it is about."""
    async with call.read() as uow:
        shown = await lists.get_job(uow, job, call.account.permissions)
    headers = {"Content-Disposition": f'attachment; filename="{shown.kind}.csv"'}
    return StreamingResponse(_write_lines(call, shown), headers=headers, media_type="text/csv; charset=utf-8")


@room.get("/jobs/{job}/result.xlsx", FILE, WORKBOOK)
async def get_job_workbook(call: Call, job: JobRef) -> Response:
    """The same as a workbook, of as many lines as one takes."""
    async with call.read() as uow:
        shown = await lists.get_job(uow, job, call.account.permissions)
    kind, rows = LONG_JOBS.get(shown.kind), list[Sequence[object]]()
    lines, after = await lists.read_lines(call.db, call.account_id, job, 0)
    while lines and len(rows) <= MOST_ROWS:
        rows += lines
        lines, after = await lists.read_lines(call.db, call.account_id, job, after)
    return await answer_workbook(shown.kind, kind.columns if kind else (), rows)


async def _write_lines(call: Call, job: JobView) -> AsyncIterator[str]:
    kind = LONG_JOBS.get(job.kind)
    yield write_rows([kind.columns] if kind else [])
    lines, after = await lists.read_lines(call.db, call.account_id, job.id, 0)
    while lines:
        yield write_rows(lines)
        lines, after = await lists.read_lines(call.db, call.account_id, job.id, after)
