"""A person among the scenarios of a bot: one is active; another one begins, goes on where it stopped, or is over."""

from collections.abc import Mapping

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.events import Moved
from core.flow.run import RunStatus
from services.content import flows, scenarios
from services.content.schemas import Scenario
from services.delivery.speech import Address
from services.learning import run_lookup
from services.learning.enrollment.enrollment import Entrance, Turn
from services.learning.runs import runs
from services.learning.runs.runs import NewRun
from services.learning.schemas import LoadedRun, StoredRun
from services.learning.store import scenarios as store
from services.people.schemas import Contact

_STANDS: Mapping[RunStatus, Turn] = {
    RunStatus.COMPLETED: Turn.OVER,
    RunStatus.ACTIVE: Turn.BACK,
    RunStatus.HELD: Turn.HELD,
}


async def choose(
    uow: UnitOfWork, contact: Contact, to: Address, slug: str | None = None
) -> tuple[Scenario, bool]:
    """The scenario of that id, else the default one; and whether that is what was asked for.

    One that is closed to newcomers is there for who has been in it. Raises SCENARIO_NOT_FOUND if there is none.
    """
    wanted = None if slug is None else await scenarios.find_scenario(uow, to.bot_id, slug)
    if wanted and (wanted.is_active or await _find_latest(uow, contact, to, wanted)):
        return wanted, True
    return await scenarios.get_default(uow, to.bot_id), slug is None


async def start_scenario(uow: UnitOfWork, contact: Contact, to: Address, chosen: Scenario) -> Entrance:
    """One rule for `/start` with and without an id.

    Over stays over, the current one stays as it is; another one they were in goes on with what comes next, its
    time counted from now; one they were never in begins. Either of these stops the current one.
    """
    known = await _find_latest(uow, contact, to, chosen)
    if known is not None and known.value.status is not RunStatus.STOPPED:
        return Entrance(known.id, _STANDS[known.value.status])
    await _stop_current(uow, contact, to)
    if known is None:
        return await begin_scenario(uow, contact, to, chosen)
    await _resume(uow, await run_lookup.load_flow(uow, known))
    return Entrance(known.id, Turn.NEW)


async def _find_latest(uow: UnitOfWork, contact: Contact, to: Address, chosen: Scenario) -> StoredRun | None:
    return await store.find_latest(uow.conn, uow.account_id, to.bot_id, contact.id, chosen.flow_id)


async def begin_scenario(uow: UnitOfWork, contact: Contact, to: Address, chosen: Scenario) -> Entrance:
    """Begin a scenario whatever has been before; raises SCENARIO_ALREADY_ACTIVE."""
    version = await flows.get_latest_version(uow, chosen.flow_id)
    return Entrance(await runs.start_run(uow, NewRun(contact, to, version)), Turn.NEW)


async def delete_scenario(uow: UnitOfWork, bot_id: int, slug: str) -> Scenario:
    """Take a scenario off its bot and stop who is inside; history stays.

    Raises SCENARIO_NOT_FOUND, INVALID_SCENARIO_STATE for the default one.
    """
    chosen = await scenarios.get_scenario(uow, bot_id, slug)
    if chosen.is_default:
        raise DomainError(ErrorKind.CONFLICT, "INVALID_SCENARIO_STATE", f"{slug} is the default")
    for stored in await store.list_inside(uow.conn, uow.account_id, bot_id, chosen.flow_id):
        await runs.stop(uow, await run_lookup.load_flow(uow, stored))
    await scenarios.remove(uow, chosen)
    return chosen


async def _stop_current(uow: UnitOfWork, contact: Contact, to: Address) -> None:
    current = await run_lookup.find_active(uow, contact, to.bot_id)
    if current is not None:
        await runs.stop(uow, await run_lookup.load_flow(uow, current))


async def _resume(uow: UnitOfWork, run: LoadedRun) -> None:
    """Who waited for a time waits it anew; who was asked something is asked again."""
    stored: StoredRun = run.stored
    here = stored.value.here
    step = run.flow.step(here.step) if here else run.flow.first
    if step is None:
        return
    if here is not None and step.expects(here.data) is None:
        await runs.put_at(uow, stored.id, step.key)
    else:
        await runs.deliver(uow, stored.id, Moved(step.key))


async def find_run(uow: UnitOfWork, contact: Contact, bot_id: int, flow_id: int) -> StoredRun | None:
    """A person's latest run in a scenario of a bot."""
    return await store.find_latest(uow.conn, uow.account_id, bot_id, contact.id, flow_id)


async def is_active(uow: UnitOfWork, run_id: int | None) -> bool:
    """Whether a run is going on."""
    if run_id is None:
        return False
    return (await run_lookup.load_run(uow, run_id)).stored.value.status is RunStatus.ACTIVE
