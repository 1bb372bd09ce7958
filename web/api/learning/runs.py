"""Runs: who is where in which flow, and exceptions for one of them."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from core.errors import DomainError, ErrorKind
from services.delivery.speech import Screen
from services.learning import run_lookup
from services.learning.run_lookup import ORDERS
from services.learning.runs import overrides
from services.learning.runs.holds import pausing
from services.learning.runs.holds.pausing import MOST_DAYS
from services.learning.schemas import ListedRun
from services.tenancy.permissions import Permission
from utils.signing import random_id
from web.api.calls import ApiCall, Call
from web.api.ids import ContactId, ContactRef, FlowId, FlowRef, RunId, RunRef, VersionId
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.RUNS_READ)
CHANGE = Policy(Permission.RUNS)
SAY = Policy(Permission.RUNS, idempotency_key=True)
Runs = Annotated[ListPage, paged(ORDERS)]
Status = Annotated[str | None, Query(pattern="^[a-z]{1,16}$", description="`active`, `held`, `completed`, …")]
Key = Annotated[str, Field(min_length=1, max_length=64)]
room = Room("learning")


class RunItem(Answer):
    """Somebody in a flow: in which version, at which step, in which state."""

    model_config = example(
        id="run_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        contact="con_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        flow="flw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        version="ver_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        status="active",
        step="day3",
        step_name={"*": "Ten words"},
        held_for=None,
        open_all=False,
        started_at="2030-01-07T09:00:00Z",
    )

    id: RunId
    contact: ContactId
    flow: FlowId
    version: VersionId
    status: str
    step: str | None
    step_name: dict[str, str]
    held_for: str | None
    open_all: bool
    started_at: datetime


class StepBody(Body):
    """A step by its key."""

    model_config = example(step="day3")

    step: Key


class SkipBody(Body):
    """The step that is passed over; named, a run that stands elsewhere by now stays there."""

    model_config = example(step="day3")

    step: Key | None = None


class OpenBody(Body):
    """Whether only the next lesson comes now, or none waits for its day any more."""

    model_config = example(all=False)

    all: bool = False


class HoldBody(Body):
    """For so many of the course's days; 0: until the student comes back."""

    model_config = example(days=7)

    days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 0


def show_run(listed: ListedRun) -> RunItem:
    """A run as the API shows it."""
    stored = listed.stored
    return RunItem(
        id=stored.id,
        contact=stored.contact_id,
        flow=listed.flow_id,
        version=stored.flow_version_id,
        status=stored.status,
        step=stored.value.step,
        step_name=dict(listed.step_name),
        held_for=stored.value.held_for,
        open_all=stored.open_all,
        started_at=listed.started_at,
    )


async def _show(call: ApiCall, run: int) -> RunItem:
    return show_run(await run_lookup.get_listed(call.uow, run))


@room.get("/runs", READ)
async def list_runs(
    call: Call,
    page: Runs,
    contact: ContactRef | None = None,
    flow: FlowRef | None = None,
    status: Status = None,
) -> Listed[RunItem]:
    """Who is or was in which flow, who began last first."""
    asked = {"contact_id": contact, "status": status}
    wanted = {name: value for name, value in asked.items() if value is not None}
    taken = await page.take(lambda part: run_lookup.list_page(call.uow, wanted, flow, part), show_run)
    return Listed(**taken)


@room.get("/runs/{run}", READ)
async def get_run(call: Call, run: RunRef) -> RunItem:
    """One run."""
    return await _show(call, run)


@room.post("/runs/{run}/move", CHANGE)
async def move_run(call: Call, run: RunRef, body: StepBody) -> RunItem:
    """Put a run on a step of its course, which is said once more."""
    if (await run_lookup.load_run(call.uow, run)).flow.step(body.step) is None:
        raise DomainError(ErrorKind.INVALID, "STEP_NOT_FOUND", body.step)
    if not await overrides.send_back(call.uow, run, body.step):
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_RUNNING", str(run))
    return await _show(call, run)


@room.post("/runs/{run}/skip", CHANGE)
async def skip_step(call: Call, run: RunRef, body: SkipBody) -> RunItem:
    """Go on behind the step a run stands on, as if it were over."""
    here = (await _show(call, run)).step
    if body.step is not None and here != body.step:
        call.only_looked = True
    elif not await overrides.skip_step(call.uow, run):
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_RUNNING", str(run))
    return await _show(call, run)


@room.post("/runs/{run}/resend", SAY)
async def resend_lesson(call: Call, run: RunRef) -> RunItem:
    """Say the last lesson once more; where none was given nothing is said."""
    call.only_looked = not await overrides.repeat_last_lesson(call.uow, run, f"api:{random_id()}")
    return await _show(call, run)


@room.post("/runs/{run}/open", CHANGE)
async def open_lessons(call: Call, run: RunRef, body: OpenBody) -> RunItem:
    """Let the next lesson come now, or none wait for its day any more."""
    if body.all:
        await overrides.open_all_lessons(call.uow, run)
    else:
        call.only_looked = not await overrides.open_next_lesson(call.uow, run)
    return await _show(call, run)


@room.post("/runs/{run}/hold", CHANGE)
async def hold_run(call: Call, run: RunRef, body: HoldBody) -> RunItem:
    """Pause a course: lessons, waits and the end of the access move by that."""
    stored = (await run_lookup.load_run(call.uow, run)).stored
    await pausing.pause(call.uow, run, body.days, Screen(stored.address, f"api:{random_id()}"))
    return await _show(call, run)


@room.post("/runs/{run}/resume", CHANGE, 204)
async def resume_run(call: Call, run: RunRef) -> None:
    """Let a paused course go on now; one that is not paused goes on as it did."""
    call.only_looked = not await pausing.end(call.uow, run)
