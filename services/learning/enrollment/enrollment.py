"""Into the course: by a token or as a known buyer, and back to where they were."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.run import HoldReason, RunStatus
from core.lifecycle import Stage
from core.rules.deep_link import CourseLink, LegacyCourse, LinkKind, Plain, Prefixed, parse_payload
from services.content import flows
from services.content.deployments import check_link, use_token
from services.content.entry.participants import check_door
from services.content.entry.tokens import find_open_link, list_courses
from services.content.schemas import Deployment, EnrollmentToken
from services.delivery.speech import Address
from services.learning import run_lookup
from services.learning.enrollment import courses
from services.learning.runs import runs
from services.learning.runs.runs import NewRun
from services.learning.schemas import StoredRun
from services.learning.store import runs as store
from services.people.schemas import Contact
from services.tenancy.plans import room
from services.tenancy.plans.offered import Resource


class Turn(StrEnum):
    """Where somebody who comes in stands."""

    NEW = "new"  # the course has just spoken
    BACK = "back"
    HELD = "held"
    OVER = "over"
    WAITS = "waits"  # another course is active: they are asked which it shall be
    CHOOSES = "chooses"  # nothing is active, but some course waits


@dataclass(frozen=True)
class Entrance:
    """What coming in led to: a run, and how it stands; `active_id` is the one it waits for."""

    run_id: int
    turn: Turn
    active_id: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether the run has just begun."""
        return self.turn is Turn.NEW

    @property
    def is_over(self) -> bool:
        """Whether the run is at its end."""
        return self.turn is Turn.OVER


@dataclass(frozen=True)
class _Way:
    deployment_id: int
    flow_id: int
    access_id: int | None
    origin: Mapping[str, Any] = field(default_factory=dict)
    is_chosen: bool = True  # a link leads to this course; otherwise they only came back


async def enter_course(uow: UnitOfWork, contact: Contact, to: Address, payload: str) -> Entrance:
    """Let a person into the course; raises TOKEN_REFUSED for a bad link, PAYMENT_REQUIRED for a stranger.

    Declined says that they are not on the list of a restricted course. PLAN_STUDENTS and PLAN_SUSPENDED say that the
    account's plan takes nobody more who has not paid.
    """
    way = await _find_way(uow, contact, to, payload)
    current = await run_lookup.find_current(uow, contact, to.bot_id)
    if way is None or not way.is_chosen:
        back = await _come_back(uow, contact, to, current, way)
        if back is not None:
            return back
    if way is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    return await _take_way(uow, contact, to, way, current)


async def _come_back(
    uow: UnitOfWork, contact: Contact, to: Address, current: StoredRun | None, way: _Way | None
) -> Entrance | None:
    """Without a link: the active course, else theirs to choose from; None if what they bought is still to begin."""
    if current is not None and current.status in store.ACTIVE:
        return _back_to(current)
    taken = await courses.list_taken(uow, contact, to.bot_id)
    if way is not None and way.deployment_id not in {taken_course.deployment_id for taken_course in taken}:
        return None
    if any(taken_course.status == HoldReason.PARKED for taken_course in taken):
        return Entrance(taken[0].run_id, Turn.CHOOSES)
    return _back_to(current) if current is not None else None


async def _take_way(
    uow: UnitOfWork, contact: Contact, to: Address, way: _Way, current: StoredRun | None
) -> Entrance:
    """Begin the course a link leads to, go on with it, or let it wait while another one is active."""
    active = current if current and current.status in store.ACTIVE else None
    taken = {course.deployment_id: course for course in await courses.list_taken(uow, contact, to.bot_id)}
    known = taken.get(way.deployment_id)
    if known is not None and (active is None or active.id != known.run_id):
        if known.status == HoldReason.PARKED:
            return await _continue(uow, contact, to, known.run_id, active)
        return Entrance(known.run_id, Turn.OVER)
    if known is not None and active is not None:
        return _back_to(active)
    version = await flows.get_latest_version(uow, way.flow_id)
    if way.access_id is not None and not await _is_open(uow, contact, version.id):
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    if way.access_id is None:
        await room.take(uow, Resource.STUDENTS)
    waits = active is not None
    new = NewRun(contact, to, version, way.deployment_id, way.access_id, way.origin, waits)
    run_id = await runs.start_run(uow, new)
    if way.access_id is not None:  # whoever has paid comes in, whatever the plan says
        await room.note_taken(uow, Resource.STUDENTS)
    return Entrance(run_id, Turn.WAITS if waits else Turn.NEW, active.id if active else None)


async def _continue(
    uow: UnitOfWork, contact: Contact, to: Address, run_id: int, active: StoredRun | None
) -> Entrance:
    if active is not None:
        return Entrance(run_id, Turn.WAITS, active.id)
    spoke = await courses.switch_to(uow, contact, to, run_id)
    return Entrance(run_id, Turn.NEW if spoke else Turn.BACK)


def _back_to(run: StoredRun) -> Entrance:
    match run.value.status:
        case RunStatus.HELD:
            return Entrance(run.id, Turn.HELD)
        case RunStatus.COMPLETED | RunStatus.STOPPED:
            return Entrance(run.id, Turn.OVER)
    return Entrance(run.id, Turn.BACK)


async def _is_open(uow: UnitOfWork, contact: Contact, version_id: int) -> bool:
    return bool(await store.load_rights(uow.conn, uow.account_id, [contact.id], [version_id], uow.now))


async def _find_way(uow: UnitOfWork, contact: Contact, to: Address, payload: str) -> _Way | None:
    match parse_payload(payload):
        case CourseLink() as link:
            return await _by_token(uow, link, to.bot_id, contact, {})
        case LegacyCourse(course=slug, utm=utm):
            return await _by_name(uow, slug, to.bot_id, contact, dict(utm))
        case Plain(value=slug) | Prefixed(kind=LinkKind.FLOW, value=slug):
            return await _by_name(uow, slug, to.bot_id, contact, {})
    return await _as_buyer(uow, to.bot_id, contact, None)


async def _by_token(
    uow: UnitOfWork, link: CourseLink, bot_id: int, contact: Contact, utm: Mapping[str, str]
) -> _Way:
    deployment, token = await check_link(uow, link, bot_id, contact.id)
    if deployment.id not in {
        course.deployment_id for course in await courses.list_taken(uow, contact, bot_id)
    }:
        await check_door(uow, deployment, contact)
    await use_token(uow, token, contact.id)
    return _Way(deployment.id, deployment.flow_id, token.access_id, origin_of(token, utm))


def origin_of(token: EnrollmentToken, utm: Mapping[str, str]) -> dict[str, Any]:
    """What stays on a run of how they came: what the link itself says goes before what the token says."""
    return {
        "token_id": token.id,
        "cohort_id": token.cohort_id,
        "external_id": token.external_id,
        "utm": {**(token.utm or {}), **utm} or None,
    }


async def _by_name(
    uow: UnitOfWork, slug: str, bot_id: int, contact: Contact, utm: Mapping[str, str]
) -> _Way | None:
    """A link of the older platform names a course: open to all by its public token, else to who bought it."""
    for course in await list_courses(uow, bot_id):
        deployment = course.deployment
        if course.slug == slug and deployment.environment == Stage.PROD:
            link = await find_open_link(uow, deployment)
            if link is not None:
                return await _by_token(uow, link, bot_id, contact, utm)
            return await _as_buyer(uow, bot_id, contact, deployment, utm)
    return await _as_buyer(uow, bot_id, contact, None)


async def _as_buyer(
    uow: UnitOfWork,
    bot_id: int,
    contact: Contact,
    deployment: Deployment | None,
    utm: Mapping[str, str] | None = None,
) -> _Way | None:
    """By what they bought: the course named, else what they bought last."""
    wanted = deployment.id if deployment else None
    bought = await store.find_bought(uow.conn, uow.account_id, contact.id, bot_id, uow.now, wanted)
    if bought is None:
        return None
    named = deployment is not None
    return _Way(bought.deployment_id, bought.flow_id, bought.access_id, {"utm": utm or None}, named)
