"""A flow turns to the people of a list: who can be reached, and the runs begun, a few people per transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from services.content.deployments import get_deployment
from services.content.flows import get_flow_id, get_latest_version
from services.content.schemas import Deployment, FlowVersion
from services.delivery.speech import Address
from services.learning import run_lookup
from services.learning.runs import runs
from services.messaging import outreaches
from services.messaging.schemas import Outreach, Reached
from services.people.contacts import find_by_name, list_reachable
from services.people.schemas import Contact

AT_ONCE = 50  # people per transaction


@dataclass(frozen=True)
class OutreachRequest:
    """Which flow turns to whom; `again`: also to those an earlier outreach to this very list has reached."""

    flow: str
    name: str
    people: Sequence[str]
    again: bool = False


@dataclass(frozen=True)
class _Lead:
    version: FlowVersion
    place: Deployment


def _quietly(done: int) -> None:
    del done


async def lead_outreach(
    db: Database, account_id: int, request: OutreachRequest, tick: Callable[[int], None] = _quietly
) -> Outreach:
    """Turn to everybody of a list; one that broke off is gone on with and reaches nobody twice.

    `tick` is told of each some people. Raises SCENARIO_NOT_FOUND, NO_OUTREACH.
    """
    async with db.unit(account_id) as uow:
        lead = await _find_lead(uow, request.flow)
        again = uow.now.isoformat() if request.again else ""
        outreach = await outreaches.prepare(uow, lead.version.flow_id, request.name, request.people, again)
    while True:
        async with db.unit(account_id) as uow:
            waiting = await outreaches.list_waiting(uow, outreach.id, AT_ONCE)
            for reached in waiting:
                await _begin(uow, reached, lead)
        if not waiting:
            return outreach
        tick(len(waiting))


async def preview_outreach(uow: UnitOfWork, slug: str, people: Sequence[str]) -> Mapping[str, str]:
    """Who of a list cannot be reached, and why: UNKNOWN or BLOCKED. Raises as `lead_outreach`."""
    lead = await _find_lead(uow, slug)
    found_people = [(person, await _look_for(uow, person, lead.place)) for person in people]
    return {person: why for person, (_, why) in found_people if why is not None}


async def _find_lead(uow: UnitOfWork, slug: str) -> _Lead:
    flow_id = await get_flow_id(uow, slug)
    version = await get_latest_version(uow, flow_id)
    if version.flow.kind is not FlowKind.OUTREACH:
        raise DomainError(ErrorKind.INVALID, "NO_OUTREACH", f"{slug} is a {version.flow.kind}")
    return _Lead(version, await get_deployment(uow, flow_id=flow_id))


async def _look_for(uow: UnitOfWork, name: str, place: Deployment) -> tuple[Contact | None, str | None]:
    """The person of a line of the list, and why the bot cannot write there."""
    person = await find_by_name(uow, name)
    if person is None:
        return None, outreaches.UNKNOWN
    reachable = await list_reachable(uow, place.bot_id, [person.telegram_id])
    return person, None if reachable else outreaches.BLOCKED


async def _begin(uow: UnitOfWork, reached: Reached, lead: _Lead) -> None:
    person, missed = await _look_for(uow, reached.given, lead.place)
    if person is None or missed is not None:
        await outreaches.note_missed(
            uow, reached, person.id if person else None, missed or outreaches.UNKNOWN
        )
        return
    to = Address(lead.place.bot_id, person.telegram_id)
    try:
        run_id = await runs.start_run(uow, runs.NewRun(person, to, lead.version, lead.place.id, by_us=True))
    except DomainError:
        await outreaches.note_missed(uow, reached, person.id, outreaches.BUSY)
        return
    await outreaches.note_begun(uow, reached, person.id, run_id)
    run = await run_lookup.load_run(uow, run_id)
    if run.stored.value.status is RunStatus.COMPLETED:  # a flow without a question
        await outreaches.note_result(uow, run_id, outreaches.FINISHED)
