"""A student's clock: their zone is asked once, after the first lesson; the hour of the lessons is theirs to choose."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.events import FirstLessonGiven
from core.lifecycle import AwaitedKind
from core.presses import PressKind
from core.rules.drip import REAL_DAY
from core.rules.local_hour import LocalHour
from core.rules.zones import find_zone, read_clock
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.speech import Keyboard, Screen, Words
from services.learning import run_lookup
from services.learning.run_context import KnownRun, know
from services.learning.runs import reminders, runs
from services.learning.study import standing
from services.people import awaited, contacts, preferences
from services.people.cities import find_city
from services.people.schemas import Contact

ZONE = PressKind.ZONE  # kind of the button that says the clock is right: minute since 1970 and zone
OTHER = "zone_other"  # of the settings' buttons, the one for any other clock
KEEP = "zone_keep"  # the one that leaves the clock as it is
LANGUAGE = PressKind.LANGUAGE  # kind of the buttons that choose a language
HOUR = PressKind.HOUR  # kind of the buttons that choose an hour: 0 to 23, or `course`
SET = reminders.SET
COURSE = "course"
FRESH = timedelta(minutes=20)  # a clock shown longer ago shows the wrong time
ANSWERS_WITHIN = timedelta(minutes=20)  # what they write later is about something else
MOST_PLACE = 40  # what is longer is no city
NAMES = {"ru": "Русский", "en": "English"}
IN_A_ROW = 3  # so many a phone shows whole
HOURS = (7, 9, 12, 18, 21)  # any other is typed
_MINUTE = 60


async def ask_zone(uow: UnitOfWork, happened: FirstLessonGiven) -> None:
    """Ask what time it is for them, once; where a course day is no real day, hours mean nothing."""
    run = (await run_lookup.load_run(uow, happened.run_id)).stored
    contact = await contacts.get_contact(uow, run.contact_id)
    if contact.zone_is_chosen or (await load_course_settings(uow, run.deployment_id)).day != REAL_DAY:
        return
    show_clocks(uow, contact, Screen(run.address, f"zone:{contact.id}"))


def show_clocks(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Ask whether their clock shows what we think."""
    minute = int(uow.now.timestamp()) // _MINUTE
    yes = speech.button(speech.words("yes"), ZONE, f"{minute}-{contact.zone}")
    buttons: Keyboard = [[yes, _setting(OTHER)]]
    words = speech.words("zone-ask", time=_time_in(contact.zone, uow.now))
    speech.show(uow, screen, words, buttons)


async def ask_other_zone(uow: UnitOfWork, screen: Screen) -> None:
    """Ask them to write what time it is, or where they are."""
    await awaited.expect(uow, screen.to, AwaitedKind.ZONE, ANSWERS_WITHIN)
    speech.show(uow, screen, speech.words("zone-other"), [[_setting(KEEP)]])


async def keep_zone(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """They leave their clock as it is."""
    await awaited.settle(uow, screen.to, AwaitedKind.ZONE)
    await show_settings(uow, contact, screen)


async def take_zone(uow: UnitOfWork, contact: Contact, screen: Screen, text: str) -> bool:
    """Keep the zone of the time or the city they wrote, or ask again; False for what is neither, and is about something else."""
    if len(text) > MOST_PLACE:
        await awaited.settle(uow, screen.to, AwaitedKind.ZONE)
        return False
    shown = read_clock(text)
    zone = find_zone(uow.now, shown, contact.zone, contact.language) if shown else find_city(text)
    if zone is None:
        key = "zone-nowhere" if shown else "zone-unknown"
        speech.show(uow, screen, speech.words(key), [[_setting(KEEP)]])
    else:
        await _set_zone(uow, contact, screen, zone)
    return True


async def change_zone(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep the zone of the clock they pressed and move what waits; a clock shown long ago is shown anew."""
    minute, zone = target.split("-", 1)
    shown_at = datetime.fromtimestamp(int(minute) * _MINUTE, UTC)
    if uow.now - shown_at > FRESH:
        show_clocks(uow, contact, screen)
        return
    await _set_zone(uow, contact, screen, zone)


async def _set_zone(uow: UnitOfWork, contact: Contact, screen: Screen, zone: str) -> None:
    await preferences.choose_zone(uow, contact.id, zone)
    await awaited.settle(uow, screen.to, AwaitedKind.ZONE)
    await runs.retime_runs(uow, contact.id)
    words = speech.words("zone-set", time=_time_in(zone, uow.now))
    known = await _find_known(uow, contact, screen)
    next_one = standing.find_next(known, uow.now) if known else None
    told = [speech.words("progress-next", at=speech.moment(next_one, zone))] if next_one else []
    speech.show(uow, screen, speech.lines(words, *told, gap="\n"), [[_setting("hour")]])


async def show_hours(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Ask when they want their lessons."""
    await awaited.expect(uow, screen.to, AwaitedKind.HOUR, ANSWERS_WITHIN)
    buttons = [speech.button(str(LocalHour(hour)), HOUR, hour) for hour in HOURS]
    planned = await _find_planned(uow, contact, screen)
    as_given = speech.words("hour-course-at", hour=str(planned)) if planned else speech.words("hour-course")
    course = speech.button(as_given, HOUR, COURSE)
    speech.show(uow, screen, speech.words("hour-ask"), [*_rows(buttons), [course]])


async def take_hour(uow: UnitOfWork, contact: Contact, screen: Screen, text: str) -> bool:
    """Keep the hour they wrote (`9`, `9:30`), or ask again; False for what is about something else."""
    if len(text) > MOST_PLACE:
        await awaited.settle(uow, screen.to, AwaitedKind.HOUR)
        return False
    shown = read_clock(f"{text.strip()}:00" if text.strip().isdecimal() else text)
    if shown is None:
        speech.show(uow, screen, speech.words("hour-unknown"))
    else:
        await _set_hour(uow, contact, screen, LocalHour(shown.hour, shown.minute))
    return True


async def change_hour(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep the hour they chose, or leave it to the course, and move what waits."""
    await _set_hour(uow, contact, screen, None if target == COURSE else LocalHour(int(target)))


async def _set_hour(uow: UnitOfWork, contact: Contact, screen: Screen, hour: LocalHour | None) -> None:
    await awaited.settle(uow, screen.to, AwaitedKind.HOUR)
    await preferences.choose_hour(uow, contact.id, hour)
    await runs.retime_runs(uow, contact.id)
    comes = hour or await _find_planned(uow, contact, screen)
    speech.show(uow, screen, _hour_set(comes))


def _hour_set(hour: LocalHour | None) -> Words:
    return speech.words("hour-set", hour=str(hour)) if hour else speech.words("hour-set-course")


async def show_settings(uow: UnitOfWork, contact: Contact, screen: Screen) -> None:
    """Say what they have chosen, with the ways to choose anew; where days are short hours mean nothing."""
    known = await _find_known(uow, contact, screen)
    has_hours = known is None or known.settings.day == REAL_DAY
    hour = contact.hour or await _find_planned(uow, contact, screen)
    lines = [speech.words("settings-time", time=_time_in(contact.zone, uow.now))]
    if has_hours and hour:
        lines.append(speech.words("settings-lessons", hour=str(hour)))
    lines.append(speech.words("settings-remind", reminders=reminders.describe(contact)))
    first = [_setting("hour"), _setting("zone")] if has_hours else [_setting("zone")]
    rows = [first, [reminders.setting_button(), _setting("language")]]
    speech.show(uow, screen, speech.lines(*lines, gap="\n"), rows)


def show_languages(uow: UnitOfWork, screen: Screen) -> None:
    """Ask which language they read."""
    buttons = [speech.button(name, LANGUAGE, language) for language, name in NAMES.items()]
    speech.show(uow, screen, speech.words("language-ask"), [buttons])


async def change_language(uow: UnitOfWork, contact: Contact, screen: Screen, language: str) -> None:
    """Keep the language they chose, and show the settings in it."""
    await preferences.choose_language(uow, contact.id, language)
    await show_settings(uow, contact, screen)


async def _find_known(uow: UnitOfWork, contact: Contact, screen: Screen) -> KnownRun | None:
    """All about the course they are taking."""
    run = await run_lookup.find_active(uow, contact, screen.to.bot_id)
    return await know(uow, run.id) if run else None


async def _find_planned(uow: UnitOfWork, contact: Contact, screen: Screen) -> LocalHour | None:
    """The hour the course itself gives their lessons, if it has one."""
    known = await _find_known(uow, contact, screen)
    return standing.find_hour(known, uow.now) if known else None


async def change_reminders(uow: UnitOfWork, contact: Contact, screen: Screen, target: str) -> None:
    """Keep how they want to be reminded, and let what waits in their course follow it."""
    await reminders.choose(uow, contact, screen, target)
    current = await run_lookup.find_active(uow, contact, screen.to.bot_id)
    if current is not None:
        await reminders.plan_anew(uow, current.id)


def _setting(name: str) -> Mapping[str, Any]:
    return speech.button(speech.words(f"settings-{name}"), SET, name)


def _time_in(zone: str, now: datetime) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


def _rows(buttons: Sequence[Any]) -> list[Sequence[Any]]:
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]
