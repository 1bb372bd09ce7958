"""Runs as they are stored: found, and read with their flow; nothing here moves one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.db.keyset import Order, Slice
from core.db.models.learning import runs
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, FlowKind
from core.flow.naming import name_step
from core.flow.steps.dialog import DialogStep
from core.flow.steps.lesson import LessonStep
from services.content import flows
from services.learning.schemas import ListedRun, LoadedRun, StoredRun
from services.learning.store import runs as store
from services.people.schemas import Contact

ORDERS: Mapping[str, Order] = {"-id": Order((runs.c.id,), descending=True)}


async def is_lesson(uow: UnitOfWork, run_id: int, visit: int) -> bool:
    """Whether what a visit of a run said is a lesson."""
    key = await store.find_step_of(uow.conn, uow.account_id, run_id, visit)
    return key is not None and isinstance((await load_run(uow, run_id)).flow.step(key), LessonStep)


QUESTIONS = "questions"  # the right to ask the curator


async def load_run(uow: UnitOfWork, run_id: int) -> LoadedRun:
    """A run with its flow; raises RUN_NOT_FOUND."""
    runs = await store.list_runs(uow.conn, uow.account_id, [run_id])
    if not runs:
        raise DomainError(ErrorKind.NOT_FOUND, "RUN_NOT_FOUND", str(run_id))
    return await load_flow(uow, runs[0])


async def list_page(
    uow: UnitOfWork, wanted: Mapping[str, Any], flow_id: int | None, part: Slice
) -> list[ListedRun]:
    """A part of the runs: `wanted` says which contact's, in which status."""
    listed = await store.list_page(uow.conn, uow.account_id, wanted, flow_id, part)
    known = await flows.load_flows(uow, [run.stored.flow_version_id for run in listed])
    return [replace(run, step_name=_name_place(known, run.stored)) for run in listed]


def _name_place(known: Mapping[int, Flow], stored: StoredRun) -> Mapping[str, str]:
    step = stored.value.step
    return name_step(known[stored.flow_version_id], step) if step else {}


async def get_listed(uow: UnitOfWork, run_id: int) -> ListedRun:
    """One of them; raises RUN_NOT_FOUND."""
    for listed in await list_page(uow, {"id": run_id}, None, Slice(ORDERS["-id"], 1)):
        return listed
    raise DomainError(ErrorKind.NOT_FOUND, "RUN_NOT_FOUND", str(run_id))


async def load_flow(uow: UnitOfWork, stored: StoredRun) -> LoadedRun:
    """The run with the flow it is pinned to."""
    return LoadedRun(stored, (await flows.get_version(uow, stored.flow_version_id)).flow)


async def find_latest_of_flow(uow: UnitOfWork, flow_id: int) -> StoredRun | None:
    """The run of a flow that began last, whoever's it is."""
    return await store.find_latest_of_flow(uow.conn, uow.account_id, flow_id)


async def find_current(uow: UnitOfWork, contact: Contact, bot_id: int) -> StoredRun | None:
    """The person's active run in a bot, else the last one they had there; none that is parked."""
    runs = await store.list_of_contact(uow.conn, uow.account_id, bot_id, contact.id, 1)
    return runs[0] if runs else None


async def find_active(uow: UnitOfWork, contact: Contact, bot_id: int) -> StoredRun | None:
    """The person's run in a bot that is active, or held for some reason of its own."""
    current = await find_current(uow, contact, bot_id)
    return current if current and current.status in store.ACTIVE else None


async def talks_with_model(uow: UnitOfWork, contact: Contact, bot_id: int) -> bool:
    """Whether their course or scenario is at a dialog that would take what they write now."""
    stored = await find_active(uow, contact, bot_id)
    if stored is None:
        return False
    flow = (await load_flow(uow, stored)).flow
    visits = filter(None, (stored.value.here, *stored.value.open))
    steps = [(flow.step(visit.step), visit.data) for visit in visits]
    return any(isinstance(step, DialogStep) and step.takes_reply(data) for step, data in steps)


async def has_asked_since(uow: UnitOfWork, contact: Contact, bot_id: int, since: datetime) -> bool:
    """Whether the person's active run asked them to write something, later than `since`."""
    active = await find_active(uow, contact, bot_id)
    if active is None:
        return False
    if active.value.started_at is None:  # asks the fields of its form
        return active.spoke_at > since
    here = active.value.here
    if here is None or here.entered_at <= since:
        return False
    step = (await load_run(uow, active.id)).flow.step(here.step)
    return step is not None and step.takes_reply(here.data)


def may_ask(run: LoadedRun, rights: frozenset[str]) -> bool:
    """Whether a person may put questions to the curator: everybody in a course, unless their tariff says no."""
    return run.flow.kind is FlowKind.COURSE and (run.stored.access_id is None or QUESTIONS in rights)
