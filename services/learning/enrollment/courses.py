"""Several courses of one person in a bot: one is active, the others wait where they are."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind, RaceLost
from core.flow.events import Held, Released, Retimed
from core.flow.history import Outcome
from core.flow.run import HoldReason, RunStatus
from core.presses import PressKind
from services.content import flows
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.learning import run_lookup
from services.learning.run_context import load_rights
from services.learning.runs import runs
from services.learning.runs.runs import NewRun
from services.learning.schemas import LoadedRun, TakenCourse
from services.learning.store import courses as store
from services.people.contacts import get_contact
from services.people.schemas import Contact

SWITCH = PressKind.COURSE_SWITCH  # kind of the button that makes a course the active one: run
STAY = PressKind.COURSE_STAY  # kind of the button that leaves things as they are
AGAIN = PressKind.COURSE_AGAIN  # kind of the button that asks whether to begin a course anew: run
ANEW = PressKind.COURSE_ANEW  # kind of the button that does: run
MOST_SHOWN = 30
OVER = (RunStatus.COMPLETED, RunStatus.STOPPED)
IS_ACTIVE = (RunStatus.ACTIVE, RunStatus.HELD)


async def list_taken(uow: UnitOfWork, contact: Contact, bot_id: int) -> list[TakenCourse]:
    """A person's courses in a bot with the newest run of each."""
    return await store.list_taken(uow.conn, uow.account_id, bot_id, contact.id)


async def show_courses(uow: UnitOfWork, contact: Contact, screen: Screen) -> bool:
    """List their courses with what can be done about each; False if they have none."""
    taken = (await list_taken(uow, contact, screen.to.bot_id))[:MOST_SHOWN]
    if not taken:
        return False
    lines = [
        speech.words(
            "courses-line", course=speech.named(taken_course.name), state=_state(taken_course.status)
        )
        for taken_course in taken
    ]
    buttons = [[_button(taken_course)] for taken_course in taken if taken_course.status not in IS_ACTIVE]
    text = speech.lines(speech.words("courses-title"), speech.lines(*lines, gap="\n"))
    speech.show(uow, screen, text, buttons)
    return True


def _state(status: str) -> Words:
    return speech.words(f"courses-{status}")


def _button(course: TakenCourse) -> dict[str, object]:
    kind, key = (AGAIN, "button-again") if course.status in OVER else (SWITCH, "button-switch")
    return dict(speech.button(speech.words(key, course=speech.named(course.name)), kind, course.run_id))


async def offer_switch(uow: UnitOfWork, waiting_id: int, active_id: int, screen: Screen) -> None:
    """Ask whether the course that waits is to take the place of the active one."""
    waiting, active = await run_lookup.load_run(uow, waiting_id), await run_lookup.load_run(uow, active_id)
    names = {"active": speech.named(active.flow.name), "waiting": speech.named(waiting.flow.name)}
    buttons: Keyboard = [
        [speech.button(speech.words("button-switch", course=names["waiting"]), SWITCH, waiting_id)],
        [speech.button(speech.words("button-stay", course=names["active"]), STAY, waiting_id)],
    ]
    speech.show(uow, screen, speech.words("courses-switch", **names), buttons)


async def switch_to(uow: UnitOfWork, contact: Contact, to: Address, run_id: int) -> bool:
    """Make a course that waits the active one; the one before is parked at its place.

    Says whether the course has spoken: it began, or something had come due. Raises COURSE_NOT_WAITING if it does not wait (any more), ACCESS_CLOSED if their access to it is closed.
    """
    run = await _get_own(uow, contact, to, run_id)
    if run.stored.status != HoldReason.PARKED:
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_WAITING", str(run_id))
    if await load_rights(uow, run.stored) is None:
        raise DomainError(ErrorKind.FORBIDDEN, "ACCESS_CLOSED", str(run_id))
    await park_active(uow, contact, to.bot_id)
    await _set_status(uow, run, run.stored.value.status)
    return await _wake(uow, run)


async def _wake(uow: UnitOfWork, run: LoadedRun) -> bool:
    """Begin a run, or let it go on: what came due meanwhile is caught up one lesson a day."""
    value = run.stored.value
    if value.started_at is None:
        await runs.open_run(uow, run.stored.id)
        return True
    outcomes = []
    if value.status is RunStatus.HELD and value.held_for in {HoldReason.PARKED, HoldReason.NO_ACCESS}:
        outcomes.append(await runs.deliver(uow, run.stored.id, Released()))
    outcomes.append(await runs.deliver(uow, run.stored.id, Retimed()))
    return Outcome.MOVED in outcomes


async def park_active(uow: UnitOfWork, contact: Contact, bot_id: int) -> None:
    """Let the active course wait at its place; nothing of it happens until they come back to it."""
    current = await run_lookup.find_active(uow, contact, bot_id)
    if current is None:
        return
    if current.value.status is RunStatus.ACTIVE:
        await runs.deliver(uow, current.id, Held(HoldReason.PARKED))
    await _set_status(uow, await run_lookup.load_run(uow, current.id), HoldReason.PARKED)


async def _set_status(uow: UnitOfWork, run: LoadedRun, status: str) -> None:
    stored = run.stored
    if not await store.set_status(uow.conn, uow.account_id, stored.id, stored.version, status):
        raise RaceLost(f"run {stored.id} was advanced by another unit")


async def ask_restart(uow: UnitOfWork, contact: Contact, screen: Screen, run_id: int | None = None) -> None:
    """Ask whether a course (the current one) is to begin anew; raises PAYMENT_REQUIRED if they are in none."""
    if run_id is None:
        current = await run_lookup.find_current(uow, contact, screen.to.bot_id)
        if current is None:
            raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
        run_id = current.id
    run = await _get_own(uow, contact, screen.to, run_id)
    name = speech.named(run.flow.name)
    buttons: Keyboard = [
        [speech.button(speech.words("button-restart"), ANEW, run_id)],
        [speech.button(speech.words("button-no"), STAY, run_id)],
    ]
    speech.show(uow, screen, speech.words("course-restart", course=name), buttons)


async def restart(uow: UnitOfWork, contact: Contact, to: Address, run_id: int) -> int:
    """Begin a course anew, on its newest version; the run there was stays in their history. Gives the new run's id.

    Raises COURSE_NOT_WAITING if it has begun anew before, ACCESS_CLOSED if their access to it is closed.
    """
    old = await _get_own(uow, contact, to, run_id)
    newest = {course.run_id for course in await list_taken(uow, contact, to.bot_id)}
    if run_id not in newest:
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_WAITING", str(run_id))
    if await load_rights(uow, old.stored) is None:
        raise DomainError(ErrorKind.FORBIDDEN, "ACCESS_CLOSED", str(run_id))
    await runs.stop(uow, old)
    await park_active(uow, contact, to.bot_id)
    version = await flows.get_version(uow, old.stored.flow_version_id)
    latest = await flows.get_latest_version(uow, version.flow_id)
    origin = await store.load_origin(uow.conn, uow.account_id, run_id)
    person = await get_contact(uow, contact.id)
    new = NewRun(person, to, latest, old.stored.deployment_id, old.stored.access_id, origin)
    return await runs.start_run(uow, new)


async def _get_own(uow: UnitOfWork, contact: Contact, to: Address, run_id: int) -> LoadedRun:
    run = await run_lookup.load_run(uow, run_id)
    if (run.stored.contact_id, run.stored.bot_id) != (contact.id, to.bot_id):
        raise DomainError(ErrorKind.NOT_FOUND, "RUN_NOT_FOUND", str(run_id))
    return run
