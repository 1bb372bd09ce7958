"""Publishing while people are in the flow: who stands where, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.events import TimerDue
from core.flow.definition import Flow
from core.flow.events import Moved
from core.flow.run import dump_run_state
from core.flow.versions import Carried, Changes, MoveChoice, carry, compare
from services.content import flows
from services.content.drafts import drop_draft, list_obstacles
from services.content.messages.bot_values import know_values
from services.content.schemas import FlowVersion
from services.delivery.timers import drop_timers, set_timer
from services.learning import run_lookup
from services.learning.runs import runs
from services.learning.store import version_migration as store

MOVE = "version"  # kind of the timers
BATCH = 200  # runs of one commit
START = "—"


@dataclass(frozen=True)
class Standing:
    """How many people stand on a step of their version, and what the new version does to it."""

    step: str
    people: int
    fate: str = ""  # changed | removed | nothing


@dataclass(frozen=True)
class Survey:
    """What publishing would meet: the changes against the newest version, and who stands where."""

    changes: Changes
    standing: tuple[Standing, ...]

    @property
    def people(self) -> int:
        """How many are in the flow."""
        return sum(group.people for group in self.standing)

    @property
    def touched(self) -> int:
        """How many of them stand on a changed or removed step."""
        return sum(group.people for group in self.standing if group.fate)


async def survey(uow: UnitOfWork, flow: Flow) -> Survey:
    """Who stands where in a flow that is to be replaced by this one; raises SCENARIO_NOT_FOUND."""
    flow_id = await flows.get_flow_id(uow, flow.slug)
    counted: dict[tuple[str, str], int] = {}
    for version_id, step, people in await store.count_standing(uow.conn, uow.account_id, flow_id):
        changes = compare((await flows.get_version(uow, version_id)).flow, flow)
        place = (step or START, _fate(changes, step))
        counted[place] = counted.get(place, 0) + people
    standing = tuple(Standing(step, people, fate) for (step, fate), people in sorted(counted.items()))
    return Survey(await _changes(uow, flow_id, flow), standing)


async def _changes(uow: UnitOfWork, flow_id: int, flow: Flow) -> Changes:
    try:
        latest = await flows.get_latest_version(uow, flow_id)
    except DomainError:
        return Changes(added=tuple(step.key for step in flow.steps))
    return compare(latest.flow, flow)


def _fate(changes: Changes, step: str | None) -> str:
    if step in changes.removed:
        return "removed"
    return "changed" if step in changes.changed else ""


async def count_people(uow: UnitOfWork, flow_id: int) -> Mapping[int, int]:
    """How many people are in each version of a flow."""
    return await store.count_by_version(uow.conn, uow.account_id, flow_id)


async def publish(uow: UnitOfWork, flow: Flow, choice: MoveChoice) -> FlowVersion:
    """Publish a flow as its next version and let become of its people what was chosen.

    Moving goes on by itself, some runs at a time, whatever happens to the process (see `move_some`).
    Raises FLOW_INVALID, NAME_TAKEN.
    """
    if obstacles := list_obstacles(flow, (await know_values(uow)).variables):
        raise DomainError(ErrorKind.INVALID, "FLOW_INVALID", "; ".join(obstacles))
    version = await flows.publish_flow(uow, flow)
    await drop_draft(uow, version.flow_id)
    await drop_timers(uow, MOVE, _key(version.flow_id))
    if choice is not MoveChoice.STAY:
        await _go_on(uow, version.flow_id, {"version_id": version.id, "choice": choice})
    return version


def _key(flow_id: int) -> str:
    return f"flow:{flow_id}:"


async def _go_on(uow: UnitOfWork, flow_id: int, payload: Mapping[str, Any]) -> None:
    await set_timer(uow, MOVE, _key(flow_id), uow.now, payload)


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """Move some; the rest at the next tick."""
    version_id, choice = timer.payload["version_id"], MoveChoice(timer.payload["choice"])
    if await move_some(uow, version_id, choice) == BATCH:
        await _go_on(uow, (await flows.get_version(uow, version_id)).flow_id, timer.payload)


async def move_some(uow: UnitOfWork, version_id: int, choice: MoveChoice) -> int:
    """Carry some of the runs that are elsewhere into a version; says how many. None are left below BATCH."""
    version = await flows.get_version(uow, version_id)
    version_migration = await store.list_elsewhere(uow.conn, uow.account_id, version_id, BATCH)
    for run_id in version_migration:
        await _move(uow, run_id, version, choice)
    return len(version_migration)


async def _move(uow: UnitOfWork, run_id: int, version: FlowVersion, choice: MoveChoice) -> None:
    run = await run_lookup.load_run(uow, run_id)
    stored = run.stored
    carried = carry(run.flow, version.flow, stored.value, choice)
    state = dump_run_state(carried.run)
    if not await store.pin(uow.conn, uow.account_id, run_id, stored.version, version.id, state):
        raise RaceLost(f"run {run_id} was advanced by another unit")
    await _enter(uow, run_id, carried)


async def _enter(uow: UnitOfWork, run_id: int, carried: Carried) -> None:
    if carried.is_over:
        await runs.finish(uow, run_id)
    elif carried.enter is not None:
        await runs.deliver(uow, run_id, Moved(carried.enter))


async def restore(uow: UnitOfWork, slug: str, number: int | None) -> Flow:
    """The flow as a version had it: that `number`, else the one before the newest; raises VERSION_NOT_FOUND."""
    listed = await flows.list_versions(uow, await flows.get_flow_id(uow, slug))
    wanted = listed[1].number if number is None and len(listed) > 1 else number
    found_listed = next((listed_entry for listed_entry in listed if listed_entry.number == wanted), None)
    if found_listed is None:
        known = ", ".join(str(listed_entry.number) for listed_entry in listed) or "none"
        raise DomainError(ErrorKind.NOT_FOUND, "VERSION_NOT_FOUND", f"{slug} has the versions {known}")
    return (await flows.get_version(uow, found_listed.id)).flow
