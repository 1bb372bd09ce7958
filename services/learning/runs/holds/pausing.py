"""A course that pauses: nothing comes, and afterwards everything comes as much later as the pause was long."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import PauseBegan, PauseEnded
from core.flow.events import Held
from core.flow.pausing import length_of
from core.flow.run import HoldReason, RunStatus
from core.presses import PressKind
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.delivery.timers import drop_timers, find_due_at, set_timer
from services.learning import run_lookup
from services.learning.runs import reminders, runs
from services.learning.schemas import StoredRun
from services.people.contacts import get_contact
from services.people.schemas import Contact

PAUSE = PressKind.PAUSE  # kind of the buttons that pause: days, 0 for until they come back
GO_ON = PressKind.PAUSE_END  # kind of the button that ends a pause: run
END = "pause"  # kind of the timer that ends one
DAYS = (3, 7, 14)
MOST_DAYS = 365


async def show_choice(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Ask how long; who is paused is told until when, with the way back.

    Raises PAYMENT_REQUIRED if they are in no course, COURSE_NOT_RUNNING if it is over or waits for something else.
    """
    run = await get_own(uow, contact, screen.to)
    if run.value.held_for == HoldReason.PAUSED and run.value.status is RunStatus.HELD:
        speech.show(uow, screen, *await describe(uow, run))
        return
    if run.value.status is not RunStatus.ACTIVE:
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_RUNNING", str(run.id))
    days: Keyboard = [[speech.button(speech.words("pause-days", count=days), PAUSE, days) for days in DAYS]]
    forever = [speech.button(speech.words("pause-open"), PAUSE, 0)]
    speech.show(uow, screen, speech.words("pause-ask"), [*days, forever])


async def describe(uow: UnitOfWork, run: StoredRun) -> tuple[Words, Keyboard]:
    """Until when nothing comes or, if that is open, since when; with the button that ends it."""
    zone = (await get_contact(uow, run.contact_id)).zone
    ends_at = await find_due_at(uow, END, _key(run.id))
    key, at = ("paused-until", ends_at) if ends_at else ("paused-since", run.value.held_at or uow.now)
    return speech.words(key, moment=speech.moment(at, zone)), [[_button(run.id)]]


async def pause(uow: UnitOfWork, run_id: int, days: int, screen: Screen) -> None:
    """Let nothing come for so many of the course's days, or with 0 until they come back.

    Raises COURSE_NOT_RUNNING for a course that is over, waits or is paused already.
    """
    run = (await run_lookup.load_run(uow, run_id)).stored
    if run.value.status is not RunStatus.ACTIVE or run.status == HoldReason.PARKED:
        raise DomainError(ErrorKind.CONFLICT, "COURSE_NOT_RUNNING", str(run_id))
    await runs.deliver(uow, run_id, Held(HoldReason.PAUSED))
    uow.publish(PauseBegan(run_id, run.access_id))
    if days:
        settings = await load_course_settings(uow, run.deployment_id)
        await set_timer(uow, END, _key(run_id), uow.now + days * settings.day, {"run_id": run_id})
        speech.show(uow, screen, *await describe(uow, run))
    else:
        speech.show(uow, screen, speech.words("paused-open"), [[_button(run_id)]])


async def end(uow: UnitOfWork, run_id: int) -> bool:
    """Let a paused course go on; False if it is not paused (any more)."""
    run = (await run_lookup.load_run(uow, run_id)).stored
    if run.value.status is not RunStatus.HELD or run.value.held_for != HoldReason.PAUSED:
        return False
    await drop_timers(uow, END, _key(run_id))
    uow.publish(PauseEnded(run_id, run.access_id, length_of(run.value, uow.now)))
    return True


async def go_on(uow: UnitOfWork, ended: PauseEnded) -> None:
    """Everything of the run later by the pause, and a word that it goes on."""
    run = (await run_lookup.load_run(uow, ended.run_id)).stored
    speech.say(uow, run.address, speech.words("pause-over"), f"pause-over:{run.id}:{run.version}")
    await runs.go_on(uow, ended.run_id)
    await reminders.put_off(uow, ended.run_id, ended.lasted)


async def get_own(uow: UnitOfWork, contact: Contact, to: Address) -> StoredRun:
    """Their course in a bot; raises PAYMENT_REQUIRED if they are in none."""
    current = await run_lookup.find_current(uow, contact, to.bot_id)
    if current is None:
        raise DomainError(ErrorKind.FORBIDDEN, "PAYMENT_REQUIRED")
    return current


def _button(run_id: int) -> dict[str, object]:
    return dict(speech.button(speech.words("pause-end"), GO_ON, run_id))


def _key(run_id: int) -> str:
    return f"pause:{run_id}:"
