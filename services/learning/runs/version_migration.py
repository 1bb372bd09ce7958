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
from core.flow.versions import Carried, Changes, Fates, MoveChoice, carry, compare
from services.content import flows
from services.content.drafts import drop_draft, find_obstacles
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


async def publish(
    uow: UnitOfWork,
    flow: Flow,
    choice: MoveChoice,
    by_step: Mapping[str, MoveChoice] | None = None,
    *,
    keeps_draft: bool = False,
) -> FlowVersion:
    """Publish a flow as its next version and let become of its people what was chosen, for some steps `by_step`.

    Moving goes on by itself, some runs at a time, whatever happens to the process (see `move_some`).
    Raises FLOW_INVALID, NAME_TAKEN.
    """
    if obstacles := await find_obstacles(uow, flow):
        raise DomainError(ErrorKind.INVALID, "FLOW_INVALID", "; ".join(map(str, obstacles)))
    version = await flows.publish_flow(uow, flow)
    if not keeps_draft:
        await drop_draft(uow, version.flow_id)
    await drop_timers(uow, MOVE, _key(version.flow_id))
    if Fates(choice, by_step or {}).moves_somebody:
        chosen = {"version_id": version.id, "choice": choice, "by_step": dict(by_step or {})}
        await _go_on(uow, version.flow_id, chosen)
    return version


def _key(flow_id: int) -> str:
    return f"flow:{flow_id}:"


async def _go_on(uow: UnitOfWork, flow_id: int, payload: Mapping[str, Any]) -> None:
    await set_timer(uow, MOVE, _key(flow_id), uow.now, payload)


async def on_timer(uow: UnitOfWork, timer: TimerDue) -> None:
    """Move some; the rest at the next tick."""
    version_id, choice = timer.payload["version_id"], MoveChoice(timer.payload["choice"])
    by_step = {step: MoveChoice(chosen) for step, chosen in timer.payload.get("by_step", {}).items()}
    if await move_some(uow, version_id, choice, by_step) == BATCH:
        await _go_on(uow, (await flows.get_version(uow, version_id)).flow_id, timer.payload)


async def move_some(
    uow: UnitOfWork, version_id: int, choice: MoveChoice, by_step: Mapping[str, MoveChoice] | None = None
) -> int:
    """Carry some of the runs that are elsewhere into a version; says how many. None are left below BATCH."""
    version, fates = await flows.get_version(uow, version_id), Fates(choice, by_step or {})
    moving, staying = fates.list_steps(stay=False), fates.list_steps(stay=True)
    only = moving if choice is MoveChoice.STAY else None
    run_ids = await store.list_elsewhere(uow.conn, uow.account_id, version_id, BATCH, only=only, but=staying)
    for run_id in run_ids:
        await _move(uow, run_id, version, fates)
    return len(run_ids)


async def _move(uow: UnitOfWork, run_id: int, version: FlowVersion, fates: Fates) -> None:
    run = await run_lookup.load_run(uow, run_id)
    stored = run.stored
    choice = fates.of(stored.value.here.step if stored.value.here else None)
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
