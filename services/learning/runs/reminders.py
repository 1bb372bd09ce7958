"""Reminders of what waits for them: in their own hours, as often and in the tone they chose, until they begin."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.db.session import UnitOfWork
from core.events import TimerDue
from core.flow.definition import Flow, FlowKind
from core.flow.events import Event, Hurried, MiniAppAnswered, PollAnswered, Pressed, Replied
from core.flow.run import HoldReason, OpenStep, Run, RunStatus
from core.flow.steps.lesson import LessonStep
from core.lifecycle import Priority, Tone
from core.presses import PressKind
from core.rules.drip import REAL_DAY
from core.rules.quiet_hours import Hours, parse_hours
from core.text.message import plain
from services.delivery import speech
from services.delivery.speech import Keyboard, Screen, Words
from services.delivery.timers import drop_timers, find_due_at, set_timer
from services.learning.run_context import KnownRun, know
from services.people import preferences
from services.people.contacts import get_contact
from services.people.mail.letters import tell_too
from services.people.schemas import Contact

REMIND = "remind"  # kind of the timer
CHOOSE = PressKind.REMINDERS  # kind of the buttons that choose: what and which
SET = PressKind.SETTING  # kind of the buttons of the settings
SETTING = "reminders"  # the one that opens these
HERS = (Replied, Pressed, PollAnswered, MiniAppAnswered, Hurried)
MOST = 5  # about one thing
EVENING = "18:00-21:00"
WINDOWS = {"morning": "09:00-12:00", "day": "12:00-17:00", "evening": EVENING}
DAYS = (0, 1, 2, 3, 7)


async def follow(uow: UnitOfWork, known: KnownRun, event: Event, after: Run) -> None:
    """After something happened to a course: what newly waits is reminded of; what they do ends it at once."""
    flow = known.run.flow
    if flow.kind is not FlowKind.COURSE or not _days(known) or after.status is RunStatus.HELD:
        return
    before, now = _waiting(flow, known.run.stored.value), _waiting(flow, after)
    key = _key(known.run.stored.id)
    if now is None or isinstance(event, HERS):
        await drop_timers(uow, REMIND, key)
    if now is not None and (before is None or before.visit != now.visit):
        await _set(uow, known, now.visit, 1)


def _waiting(flow: Flow, run: Run) -> OpenStep | None:
    """What waits for an act of theirs: the step they stand at, else the lesson they have not done."""
    if run.status is not RunStatus.ACTIVE:
        return None
    here = run.here
    step = flow.step(here.step) if here else None
    if here and step and step.expects(here.data) is not None:
        return here
    undone = [visit for visit in run.open if isinstance(flow.step(visit.step), LessonStep)]
    return undone[-1] if undone else None


def _days(known: KnownRun) -> int:
    chosen = known.contact.reminder_days
    return known.settings.reminder_days if chosen is None else chosen


async def _set(uow: UnitOfWork, known: KnownRun, visit: int, number: int) -> None:
    at = _in_her_hours(known, uow.now + _days(known) * known.settings.day)
    run_id = known.run.stored.id
    await set_timer(uow, REMIND, _key(run_id), at, {"run_id": run_id, "visit": visit, "number": number})


def _in_her_hours(known: KnownRun, moment: datetime) -> datetime:
    """The moment itself or the next within their hours and outside the quiet ones; short days have no hours."""
    if known.settings.day != REAL_DAY:
        return moment
    zone, quiet = known.contact.zone, known.view.quiet
    reached = hours_of(known.contact).reach(moment, zone)
    return quiet.leave(reached, zone) if quiet else reached


def hours_of(contact: Contact) -> Hours:
    """When they want to be reminded."""
    return parse_hours(contact.reminder_hours or EVENING)


async def remind(uow: UnitOfWork, timer: TimerDue) -> None:
    """Remind them if the same thing still waits; a course set aside waits with it, another clock of theirs moves it."""
    payload: Mapping[str, Any] = timer.payload
    known = await know(uow, payload["run_id"])
    number, visit, value = payload["number"], payload["visit"], known.run.stored.value
    if value.status is RunStatus.HELD:
        if value.held_for != HoldReason.PAUSED:  # after a pause it is planned anew
            await _set(uow, known, visit, number)
        return
    waiting = _waiting(known.run.flow, value)
    if waiting is None or waiting.visit != visit or not _days(known):
        return
    at = _in_her_hours(known, uow.now)
    if at > uow.now:
        await set_timer(uow, REMIND, timer.key, at, payload)
        return
    await _say(uow, known, waiting, number)
    if number < MOST:
        await _set(uow, known, visit, number + 1)


async def _say(uow: UnitOfWork, known: KnownRun, waiting: OpenStep, number: int) -> None:
    tone, step = known.contact.reminder_tone or Tone.PLAIN, known.run.flow.step(waiting.step)
    what = step.title if isinstance(step, LessonStep) else known.run.flow.name
    words = speech.words(f"reminder-{tone}", what=speech.content(what or plain("")))
    stored = known.run.stored
    key = f"remind:{stored.id}:{waiting.visit}:{number}"
    speech.say(uow, stored.address, words, key, buttons=[[setting_button()]], priority=Priority.LESSON)
    await tell_too(uow, known.contact, stored.address, words, key)


async def put_off(uow: UnitOfWork, run_id: int, by: timedelta) -> None:
    """A pause moves what is planned by its length; what would have come during it comes as long after it as always."""
    at = await find_due_at(uow, REMIND, _key(run_id))
    known = await know(uow, run_id)
    waiting = _waiting(known.run.flow, known.run.stored.value)
    if waiting is None or not _days(known):
        return
    if at is None:
        await _set(uow, known, waiting.visit, 1)
        return
    payload = {"run_id": run_id, "visit": waiting.visit, "number": 1}
    await set_timer(uow, REMIND, _key(run_id), _in_her_hours(known, at + by), payload)


def setting_button() -> Mapping[str, Any]:
    """The button of the settings that opens these."""
    return speech.button(speech.words("settings-reminders"), SET, SETTING)


def describe(contact: Contact) -> Words:
    """How they are reminded."""
    if contact.reminder_days is None:
        return speech.words("reminders-course")
    if not contact.reminder_days:
        return speech.words("reminders-off")
    hours = str(hours_of(contact))
    if contact.reminder_days == 1:
        return speech.words("reminders-daily", hours=hours)
    return speech.words("reminders-every", count=contact.reminder_days, hours=hours)


def show(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """What they have chosen, and what there is to choose."""
    tone = Tone(contact.reminder_tone or Tone.PLAIN)
    days = [_choice("days", choice, _often(choice), contact.reminder_days) for choice in DAYS]
    hers = str(hours_of(contact))
    hours = [
        _choice("hours", choice, speech.words(f"window-{name}"), hers) for name, choice in WINDOWS.items()
    ]
    tones = [_choice("tone", choice.value, speech.words(f"tone-{choice}"), tone.value) for choice in Tone]
    rows: Keyboard = [days[:3], days[3:], hours, tones]
    speech.show(uow, screen, speech.words("reminders-ask", now=describe(contact)), rows)


def _often(days: int) -> Words:
    if days in {0, 1}:
        return speech.words(f"reminder-days-{days}")
    return speech.words("reminder-days", count=days)


def _choice(what: str, value: object, text: Words, chosen: object) -> Mapping[str, Any]:
    shown = speech.words("chosen", what=text) if value == chosen else text
    return speech.button(shown, CHOOSE, f"{what}_{value}")


async def choose(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep what they pressed and show it; from now on nothing is reminded of as before."""
    what, _, value = target.partition("_")
    match what:
        case "days":
            await preferences.choose_reminders(uow, contact.id, days=int(value))
        case "hours":
            await preferences.choose_reminders(uow, contact.id, hours=parse_hours(value))
        case "tone":
            await preferences.choose_reminders(uow, contact.id, tone=Tone(value))
    show(uow, await get_contact(uow, contact.id), screen)


async def plan_anew(uow: UnitOfWork, run_id: int) -> None:
    """They have chosen other reminders: what waits in a course is reminded of as they say now."""
    known = await know(uow, run_id)
    await drop_timers(uow, REMIND, _key(run_id))
    waiting = _waiting(known.run.flow, known.run.stored.value)
    if waiting is not None and _days(known):
        await _set(uow, known, waiting.visit, 1)


def _key(run_id: int) -> str:
    return f"remind:{run_id}:"
