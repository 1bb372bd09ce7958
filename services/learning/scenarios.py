"""A person among the scenarios of a bot: one is active; another one begins, goes on where it stopped, or is over."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.events import Moved
from core.flow.run import RunStatus
from services.content import flows, scenarios
from services.content.schemas import Scenario
from services.delivery.speech import Address
from services.learning import runs
from services.learning.enrollment import Entrance, Turn
from services.learning.runs import NewRun
from services.learning.schemas import LoadedRun, StoredRun
from services.learning.store import scenarios as store
from services.people.schemas import Contact

_STANDS: Mapping[RunStatus, Turn] = {
    RunStatus.COMPLETED: Turn.OVER,
    RunStatus.ACTIVE: Turn.BACK,
    RunStatus.HELD: Turn.HELD,
}


@dataclass(frozen=True)
class Arrival:
    """Where `/start` led; `is_wanted` says whether to the scenario that was asked for."""

    chosen: Scenario
    entrance: Entrance
    is_wanted: bool = True


async def start_scenario(uow: UnitOfWork, contact: Contact, to: Address, slug: str | None = None) -> Arrival:
    """`/start` with and without an id: the scenario of that id, else the default one, by one rule.

    An id that nothing has, or a scenario closed to newcomers that she was never in, leads to the default.
    Raises SCENARIO_NOT_FOUND if nothing is deployed on this bot.
    """
    if slug is not None:
        wanted = await scenarios.find_scenario(uow, to.bot_id, slug)
        entrance = wanted and await _enter(uow, contact, to, wanted)
        if wanted and entrance:
            return Arrival(wanted, entrance)
    chosen = await scenarios.get_default(uow, to.bot_id)
    entrance = await _enter(uow, contact, to, chosen)
    if entrance is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", f"{chosen.slug} is closed")
    return Arrival(chosen, entrance, is_wanted=slug is None)


async def _enter(uow: UnitOfWork, contact: Contact, to: Address, chosen: Scenario) -> Entrance | None:
    """Let somebody into a scenario by the one rule; None if it is closed and she was never in.

    Over stays over, the current one stays as it is; another one she was in goes on with what comes next, its
    time counted from now; one she was never in begins. Either of these stops the current one.
    """
    known = await store.find_latest(uow.conn, uow.account_id, to.bot_id, contact.id, chosen.flow_id)
    if known is not None and known.value.status is not RunStatus.STOPPED:
        return Entrance(known.id, _STANDS[known.value.status])
    if known is None and not chosen.is_active:
        return None
    await _stop_current(uow, contact, to)
    if known is None:
        return await begin_scenario(uow, contact, to, chosen)
    await _resume(uow, await runs.load_flow(uow, known))
    return Entrance(known.id, Turn.NEW)


async def begin_scenario(uow: UnitOfWork, contact: Contact, to: Address, chosen: Scenario) -> Entrance:
    """Begin a scenario whatever has been before; raises ALREADY_ACTIVE."""
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
        await runs.stop(uow, await runs.load_flow(uow, stored))
    await scenarios.remove(uow, chosen)
    return chosen


async def _stop_current(uow: UnitOfWork, contact: Contact, to: Address) -> None:
    current = await runs.find_active(uow, contact, to.bot_id)
    if current is not None:
        await runs.stop(uow, await runs.load_flow(uow, current))


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
