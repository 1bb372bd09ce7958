"""Into the course: by a token or as a known buyer, and back to where she was."""

from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.run import RunStatus
from core.rules.deep_link import CourseLink, parse_payload
from services.content import flows
from services.content.deployments import admit
from services.content.schemas import EnrollmentToken
from services.delivery.speech import Address
from services.learning import runs
from services.learning.runs import NewRun
from services.learning.store import runs as store
from services.people.schemas import Contact


@dataclass(frozen=True)
class Entrance:
    """What coming in led to: a new run, or the one that was there."""

    run_id: int
    is_new: bool
    is_over: bool
    is_held: bool = False


@dataclass(frozen=True)
class _Way:
    deployment_id: int
    flow_id: int
    access_id: int | None
    token: EnrollmentToken | None = None


async def enter_course(uow: UnitOfWork, contact: Contact, to: Address, payload: str) -> Entrance:
    """Let a person into the course; raises TOKEN_REFUSED for a bad link, PAYMENT_REQUIRED for a stranger."""
    way = await _find_way(uow, contact, to, payload)
    current = await runs.find_current(uow, contact, to.bot_id)
    if current is not None:
        status = current.value.status
        over = status in {RunStatus.COMPLETED, RunStatus.STOPPED}
        return Entrance(current.id, is_new=False, is_over=over, is_held=status is RunStatus.HELD)
    if way is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    version = await flows.get_latest_version(uow, way.flow_id)
    if way.access_id is not None and not await _is_open(uow, contact, version.id):
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    run_id = await runs.start_run(
        uow, NewRun(contact, to, version, way.deployment_id, way.access_id, way.token)
    )
    return Entrance(run_id, is_new=True, is_over=False)


async def _is_open(uow: UnitOfWork, contact: Contact, version_id: int) -> bool:
    return await store.load_rights(uow.conn, uow.account_id, contact.id, version_id, uow.now) is not None


async def _find_way(uow: UnitOfWork, contact: Contact, to: Address, payload: str) -> _Way | None:
    link = parse_payload(payload)
    if isinstance(link, CourseLink):
        deployment, token = await admit(uow, link, to.bot_id, contact.id)
        return _Way(deployment.id, deployment.flow_id, token.access_id, token)
    bought = await store.find_bought(uow.conn, uow.account_id, contact.id, to.bot_id)
    return _Way(bought.deployment_id, bought.flow_id, bought.access_id) if bought else None


async def start_scenario(uow: UnitOfWork, contact: Contact, to: Address, slug: str | None = None) -> Entrance:
    """Begin the scenario `slug` or the bot's default one, or say where the person is in hers.

    Raises SCENARIO_NOT_FOUND if nothing is deployed on this bot.
    """
    current = await runs.find_current(uow, contact, to.bot_id)
    if current is not None:
        over = current.value.status in {RunStatus.COMPLETED, RunStatus.STOPPED}
        return Entrance(current.id, is_new=False, is_over=over)
    return await restart_scenario(uow, contact, to, slug)


async def restart_scenario(
    uow: UnitOfWork, contact: Contact, to: Address, slug: str | None = None
) -> Entrance:
    """Begin a scenario whatever has been before; raises ALREADY_ACTIVE, SCENARIO_NOT_FOUND."""
    flow_id = await store.find_scenario(uow.conn, uow.account_id, to.bot_id, slug)
    if flow_id is None:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", "no scenario is deployed on this bot")
    version = await flows.get_latest_version(uow, flow_id)
    return Entrance(await runs.start_run(uow, NewRun(contact, to, version)), is_new=True, is_over=False)
