"""One run that was begun elsewhere is put where it was: at a step and its wait, stopped there, or over."""

from dataclasses import dataclass
from datetime import datetime

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.run import Run, RunStatus, dump_run_state
from core.flow.steps.base import SpokenStep
from services.content.schemas import FlowVersion
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.learning import run_lookup
from services.learning.runs import effects, runs
from services.learning.store.runs import add_run
from services.people.schemas import Contact


@dataclass(frozen=True)
class Standing:
    """Where somebody is in a flow: at `step`, whose wait is over at `until`; `said` is the step they heard last.

    Without a step they have not begun yet: they do at `until`, or stopped when they come back.
    """

    status: RunStatus
    step: str | None = None
    until: datetime | None = None
    said: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


async def import_run(
    uow: UnitOfWork, contact: Contact, to: Address, version: FlowVersion, standing: Standing
) -> int:
    """Put a person into a flow; gives the run's id. Raises SCENARIO_ALREADY_ACTIVE. Nobody is written to now."""
    over = standing.status is RunStatus.COMPLETED
    started_at = standing.started_at or uow.now
    stays = over or (standing.step is None and standing.status is RunStatus.STOPPED)
    value = Run(status=standing.status, started_at=started_at if over else None) if stays else Run.new()
    row = {
        "bot_id": to.bot_id,
        "contact_id": contact.id,
        "chat_id": to.chat_id,
        "flow_version_id": version.id,
        "kind": version.flow.kind,
        "status": standing.status,
        "state": dump_run_state(value),
        "version": 0,
        "spoke_at": started_at,
        "started_at": started_at,
        "finished_at": (standing.finished_at or uow.now) if over else None,
    }
    run_id = await add_run(uow.conn, uow.account_id, row)
    if run_id is None:
        raise DomainError(
            ErrorKind.CONFLICT, runs.ACTIVE_CODES.get(version.flow.kind, "ALREADY_ACTIVE"), version.flow.slug
        )
    if stays:
        return run_id
    if standing.step is None:
        begins_at = max(standing.until or uow.now, uow.now)
        await set_timer(uow, runs.BEGIN, f"begin:{run_id}", begins_at, {"run_id": run_id})
        return run_id
    await runs.put_at(uow, run_id, standing.step, standing.until)
    await _finish(uow, run_id, standing)
    return run_id


async def _finish(uow: UnitOfWork, run_id: int, standing: Standing) -> None:
    run = await run_lookup.load_run(uow, run_id)
    said = run.flow.step(standing.said)
    if isinstance(said, SpokenStep):
        effects.keep_said(uow, run, await effects.with_shared_buttons(uow, said.message()))
    if standing.status is RunStatus.STOPPED:
        await runs.stop(uow, run)
