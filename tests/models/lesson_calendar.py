"""When lessons come, told from the docs alone, minute by minute; it shares no line with the product.

Day 1 comes at the start. Day N comes N - 1 dates later on their wall: at the hour somebody chose, else when the clock
shows what it showed at the start, but between 22:00 and 08:00 not before 08:00. A time that is skipped there means the next one the
clock shows, one that comes twice the first. Their own hour goes before the author's. What falls into a pause of the
program comes right after it, without a chosen hour not at night. Whoever got a lesson more than an hour after its time is behind: what would follow
within twelve hours waits for the next date, at the hour or when the clock shows what it showed then. Lessons of one day come together. A stop
exercise holds what follows until the work is in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVENING, MORNING = time(22), time(8)


@dataclass(frozen=True)
class Wish:
    """What they want from a moment on: their zone, and their hour if they have chosen one."""

    since: datetime
    zone: str
    hour: int | None = None


@dataclass(frozen=True)
class Lesson:
    """The author's plan: for which day; `is_held`: it stands right behind the stop exercise."""

    number: int
    day: int
    is_held: bool = False


@dataclass
class Student:
    """Somebody on the course; their wishes in order, the first at the start.

    They are `ready_at` some moment with their work, and hand it in then, but not within an hour of being asked for it.
    """

    start: datetime
    authors_hour: time | None
    wishes: list[Wish]
    ready_at: datetime
    handed_in_at: datetime | None = None
    given: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Pause:
    """The program does not run from `begin` until `end`."""

    begin: datetime
    end: datetime


def tell(student: Student, lessons: Sequence[Lesson], pauses: Sequence[Pause]) -> None:
    """Fill in what the student gets when, and when they hand in their work."""
    moment, last_day, was_late = student.start, 0, False
    for lesson in lessons:
        if lesson.is_held:
            student.handed_in_at = moment = awake(max(student.ready_at, moment + HOUR), pauses)
        behind = student.given[-1][0] if was_late and lesson.day > last_day else None
        moment = _wait(student, lesson, moment, behind, pauses)
        was_late = moment - _minute(student, lesson, _wish_at(student, moment)) > HOUR
        last_day = lesson.day
        student.given.append((moment, lesson.number))


def _wait(
    student: Student, lesson: Lesson, since: datetime, behind: datetime | None, pauses: Sequence[Pause]
) -> datetime:
    """When a lesson comes to somebody who waits for it, whatever they wish meanwhile; `behind`: their late lesson."""
    sleeps = False  # its time has passed, and it waits for the morning
    while True:
        wish = _wish_at(student, since)
        due = _minute(student, lesson, wish)
        if behind and due < behind + DAY / 2:
            due = _days_after(student, behind, 1, wish)
        if due <= since and not sleeps:
            return since
        rings = comes = awake(max(due, since), pauses)
        while _hour(student, wish) is None and (light := _daylight(comes, wish.zone)) != comes:
            comes = awake(light, pauses)
        changes = [one.since for one in student.wishes if since < one.since < comes]
        if not changes:
            return comes
        since = changes[0]
        sleeps = rings <= since


def _wish_at(student: Student, moment: datetime) -> Wish:
    return [one for one in student.wishes if one.since <= moment][-1]


def _minute(student: Student, lesson: Lesson, wish: Wish) -> datetime:
    if lesson.day == 1:
        return student.start
    return _days_after(student, student.start, lesson.day - 1, wish)


def _days_after(student: Student, moment: datetime, days: int, wish: Wish) -> datetime:
    hour, shown = _hour(student, wish), _shown(moment, ZoneInfo(wish.zone))
    if hour is None:
        return _daylight(first_minute(shown.date() + days * DAY, shown.time(), wish.zone), wish.zone)
    return first_minute(shown.date() + days * DAY, hour, wish.zone)


def _hour(student: Student, wish: Wish) -> time | None:
    """The hour somebody chose, they or the author."""
    return student.authors_hour if wish.hour is None else time(wish.hour)


def _daylight(moment: datetime, zone: str) -> datetime:
    """The moment, or the end of the night it lies in."""
    shown = _shown(moment, ZoneInfo(zone))
    if MORNING <= shown.time() < EVENING:
        return moment
    return first_minute(shown.date() + (DAY if shown.time() >= EVENING else 0 * DAY), MORNING, zone)


def first_minute(day: date, hour: time, zone: str) -> datetime:
    """The first minute at which a clock there shows that time of that day, or a later one."""
    wanted, place = datetime.combine(day, hour), ZoneInfo(zone)
    guess = wanted.replace(tzinfo=UTC)
    minute = guess - (guess.astimezone(place).utcoffset() or timedelta()) - 4 * HOUR
    assert _shown(minute, place) < wanted
    while _shown(minute, place) < wanted:
        minute += MINUTE
    return minute


def _shown(minute: datetime, place: ZoneInfo) -> datetime:
    return minute.astimezone(place).replace(tzinfo=None)


def awake(moment: datetime, pauses: Sequence[Pause]) -> datetime:
    """The moment, or the end of the pause it falls into."""
    return next((one.end for one in pauses if one.begin < moment < one.end), moment)
