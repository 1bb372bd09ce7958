"""A student's clock: her zone is asked once, after the first lesson; the hour of the lessons is hers to choose."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.events import FirstLessonGiven
from core.rules.drip import REAL_DAY
from core.rules.local_hour import LocalHour
from core.rules.zones import list_candidates
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.speech import Keyboard, Screen, Words
from services.learning import reminders, runs
from services.people import contacts, preferences
from services.people.schemas import Contact

ZONE = "tz"  # kind of the buttons that show a clock: minute since 1970 and zone
HOUR = "hr"  # kind of the buttons that choose an hour: 0 to 23, or `course`
SET = reminders.SET
COURSE = "course"
FRESH = timedelta(minutes=20)  # a clock shown longer ago shows the wrong time
IN_A_ROW = 4
HOURS = range(6, 24)
_MINUTE = 60


async def ask_zone(uow: UnitOfWork, given: FirstLessonGiven) -> None:
    """Ask what time it is for her, once; where a course day is no real day, hours mean nothing."""
    run = (await runs.load_run(uow, given.run_id)).stored
    contact = await contacts.get_contact(uow, run.contact_id)
    if contact.zone_is_chosen or (await load_course_settings(uow, run.deployment_id)).day != REAL_DAY:
        return
    show_clocks(uow, contact, Screen(run.address, f"zone:{contact.id}"))


def show_clocks(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Ask what time it is for her, with the clocks of the world on buttons."""
    speech.show(uow, screen, speech.words("zone-ask"), _clocks(uow.now, contact))


def _clocks(now: datetime, contact: Contact) -> Keyboard:
    minute = int(now.timestamp()) // _MINUTE
    found = list_candidates(now, contact.zone, contact.language)
    return _rows([speech.button(f"{one.shows:%H:%M}", ZONE, f"{minute}-{one.zone}") for one in found])


async def change_zone(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep the zone of the clock she pressed and move what waits; a clock shown long ago is shown anew."""
    minute, zone = target.split("-", 1)
    shown_at = datetime.fromtimestamp(int(minute) * _MINUTE, UTC)
    if uow.now - shown_at > FRESH:
        show_clocks(uow, contact, screen)
        return
    await preferences.choose_zone(uow, contact.id, zone)
    await runs.retime_runs(uow, contact.id)
    words = speech.words("zone-set", time=_time_in(zone, uow.now))
    speech.show(uow, screen, words, [[_setting("hour")]])


def show_hours(uow: UnitOfWork, screen: Screen) -> None:
    """Ask when she wants her lessons."""
    buttons = [speech.button(str(LocalHour(hour)), HOUR, hour) for hour in HOURS]
    as_given = speech.button(speech.words("hour-course"), HOUR, COURSE)
    speech.show(uow, screen, speech.words("hour-ask"), [*_rows(buttons), [as_given]])


async def change_hour(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep the hour she chose, or leave it to the course, and move what waits."""
    hour = None if target == COURSE else LocalHour(int(target))
    await preferences.choose_hour(uow, contact.id, hour)
    await runs.retime_runs(uow, contact.id)
    words = speech.words("hour-set", hour=str(hour)) if hour else speech.words("hour-set-course")
    speech.show(uow, screen, words)


def show_settings(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Say what she has chosen, with the ways to choose anew."""
    hour: Words = contact.lesson_hour or speech.words("hour-course")
    values = {"time": _time_in(contact.zone, uow.now), "hour": hour, "reminders": reminders.describe(contact)}
    rows = [[_setting("hour"), _setting("zone")], [reminders.setting_button()]]
    speech.show(uow, screen, speech.words("settings", **values), rows)


async def change_reminders(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep how she wants to be reminded, and let what waits in her course follow it."""
    await reminders.choose(uow, contact, screen, target)
    current = await runs.find_active(uow, contact, screen.to.bot_id)
    if current is not None:
        await reminders.plan_anew(uow, current.id)


def _setting(name: str) -> Any:
    return speech.button(speech.words(f"settings-{name}"), SET, name)


def _time_in(zone: str, now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def _rows(buttons: Sequence[Any]) -> list[Sequence[Any]]:
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]
