"""When a lesson is due: rules that count from the start, from the lesson before, or follow a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from core.rules.interval import Interval, parse_interval
from core.rules.local_hour import LocalHour, parse_hour
from core.rules.local_time import place
from core.rules.quiet_hours import Hours
from core.text.refusal import MOST_GIVEN, Refused
from core.value import value

MAX_DAY = 3660
IMMEDIATELY = "immediately"
REAL_DAY = timedelta(days=1)
MORNING = LocalHour(9)
"""When a lesson of a date or a weekday comes if neither they nor the author has named an hour."""
NIGHT = Hours(LocalHour(22), LocalHour(8))
"""In which no lesson of a day comes whose hour nobody has named, where the flow has no quiet hours of its own."""
_WEEK = 7
_YEARS = range(2000, 3000)
_LATE = 24
"""A lesson is late when it comes more than a 24th of a course day after it was due."""


class Weekday(IntEnum):
    """As Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Immediately:
    """As soon as the lesson before it is over."""


@dataclass(frozen=True, slots=True)
class OnDay:
    """On the N-th day of the course, `at` an hour of their clock, else at the time of day it started; day 1 is the start."""

    day: int
    at: LocalHour | None = None


@dataclass(frozen=True, slots=True)
class OnDate:
    """On a date of their calendar, `at` an hour of their clock."""

    date: date
    at: LocalHour | None = None


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """On the first such weekday of their calendar after the step before, `at` an hour of their clock."""

    weekday: Weekday
    at: LocalHour | None = None


@dataclass(frozen=True, slots=True)
class AfterPrevious:
    """Some time after the step before."""

    wait: Interval


Dated = OnDay | OnDate | OnWeekday
"""Rules that name a day; who is behind with them catches up one a day."""
DripRule = Immediately | AfterPrevious | Dated


@value()
class Calendar:
    """How long a course day lasts, a person's zone and chosen hour, the flow's quiet hours; only real days have hours."""

    day: timedelta = REAL_DAY
    zone: str = "UTC"
    hour: LocalHour | None = None
    quiet: Hours | None = None

    def hour_for(self, rule: Dated) -> LocalHour | None:
        """The hour that was chosen for a lesson: their own, else the author's; None when nobody chose."""
        if self.day != REAL_DAY:
            return None
        if isinstance(rule, OnDay):
            return (self.hour or rule.at) if rule.day > 1 else None
        return self.hour or rule.at or MORNING

    def quiet_for(self, rule: DripRule) -> Hours | None:
        """The hours in which a lesson does not come by itself; a chosen hour goes before them."""
        if self.day != REAL_DAY or (isinstance(rule, Dated) and self.hour_for(rule)):
            return None
        return self.quiet or (NIGHT if isinstance(rule, OnDay) else None)

    def local(self, moment: datetime) -> datetime:
        """A moment in their zone: it shows what the clock on their wall does."""
        return moment.astimezone(ZoneInfo(self.zone))


@value()
class GivenLesson:
    """The lesson given last: when, for which day of the course, and whether it was late."""

    at: datetime
    day: int = 0
    late: bool = False


@value()
class Due:
    """The moment a lesson is due, and what a clock on their wall shows then if that was the rule."""

    at: datetime
    wall: datetime | None = None


def due_at(
    rule: DripRule,
    *,
    started_at: datetime,
    previous_left_at: datetime,
    calendar: Calendar,
    last: GivenLesson | None = None,
) -> Due:
    """When a lesson is due. It may lie in the past: due now.

    Lessons of later days than the `last` one, if that came late, never come in a burst: what would come
    within half a day of it waits for the next day (of its name), so that they catch up one a day.
    """
    match rule:
        case Immediately():
            return Due(previous_left_at)
        case AfterPrevious(wait):
            return Due(previous_left_at + wait.length(calendar.day))
    at, local = _plan(rule, started_at, previous_left_at, calendar)
    if last and last.late and _day_of(rule, at, local, started_at, calendar) > last.day:
        rested = last.at + calendar.day / 2
        if at < rested and isinstance(rule, OnWeekday):
            at, local = _weekday_after(rule, rested, calendar)
        elif at < rested:
            at, local = _days_after(last.at, 1, rule, calendar)
    return Due(at, local.replace(tzinfo=None) if local else None)


def note_given(
    rule: DripRule,
    now: datetime,
    *,
    started_at: datetime,
    previous_left_at: datetime,
    calendar: Calendar,
    last: GivenLesson | None,
    was_due: datetime | None = None,
) -> GivenLesson:
    """What `due_at` of the next lessons has to know about the one given `now`; `was_due` is what it said of this one."""
    if not isinstance(rule, Dated):
        return GivenLesson(now, last.day, last.late) if last else GivenLesson(now)
    if (
        was_due and isinstance(rule, OnDay) and not (last and last.late)
    ):  # it is the plan's: no need to make it again
        return GivenLesson(now, rule.day, now - was_due > calendar.day / _LATE)
    at, local = _plan(rule, started_at, previous_left_at, calendar)
    late = now - at > calendar.day / _LATE
    return GivenLesson(now, _day_of(rule, at, local, started_at, calendar), late)


_Planned = tuple[datetime, datetime | None]
"""The instant a lesson is due, and the time in their zone if a clock on their wall was the rule."""


def _plan(rule: Dated, started_at: datetime, previous_left_at: datetime, calendar: Calendar) -> _Planned:
    """When a lesson is due for who is not behind."""
    if isinstance(rule, OnDay):
        return _days_after(started_at, rule.day - 1, rule, calendar)
    if isinstance(rule, OnDate):
        return _days_after(started_at, (rule.date - calendar.local(started_at).date()).days, rule, calendar)
    return _weekday_after(rule, previous_left_at, calendar)


def _day_of(
    rule: Dated, at: datetime, local: datetime | None, started_at: datetime, calendar: Calendar
) -> int:
    """The day of the course a lesson belongs to, counted from 1."""
    if isinstance(rule, OnDay):
        return rule.day
    if local is None:
        return (at - started_at) // calendar.day + 1
    return (local.date() - calendar.local(started_at).date()).days + 1


def _weekday_after(rule: OnWeekday, moment: datetime, calendar: Calendar) -> _Planned:
    days = (rule.weekday - calendar.local(moment).weekday()) % _WEEK
    at, local = _days_after(moment, days, rule, calendar)
    return (at, local) if at > moment else _days_after(moment, days + _WEEK, rule, calendar)


def _days_after(moment: datetime, days: int, rule: Dated, calendar: Calendar) -> _Planned:
    hour = calendar.hour_for(rule)
    if calendar.day != REAL_DAY or not (days or hour):
        return moment + days * calendar.day, None
    local = calendar.local(moment) + days * REAL_DAY
    if hour:
        local = datetime.combine(local, hour.time, local.tzinfo)
    at, shown = place(local)
    quiet = None if hour else calendar.quiet_for(rule)
    if quiet and quiet.hold(shown):
        at = quiet.leave(at, calendar.zone)
        local = calendar.local(at)
    return at, local


def parse_drip(value: object) -> DripRule:
    """Read a rule of one of these shapes; raises ValueError for anything else."""
    match value:
        case Immediately() | OnDay() | OnDate() | OnWeekday() | AfterPrevious():
            return value
        case str() if value == IMMEDIATELY:
            return Immediately()
        case Mapping() if value.keys() == {"after"}:
            return AfterPrevious(parse_interval(str(value["after"])))
        case Mapping():
            return _read_dated(dict(value))
    raise Refused("refused-drip")


def _read_dated(value: dict[str, object]) -> Dated:
    at = parse_hour(str(value.pop("at"))) if "at" in value else None
    match value:
        case {"day": day, **rest} if not rest:
            return OnDay(_day_number(day), at)
        case {"date": day, **rest} if not rest:
            return OnDate(_date(day), at)
        case {"weekday": name, **rest} if not rest:
            return OnWeekday(_weekday(name), at)
    raise Refused("refused-drip")


def dump_drip(rule: DripRule) -> str | dict[str, int | str]:
    """The shape `parse_drip` reads."""
    match rule:
        case Immediately():
            return IMMEDIATELY
        case AfterPrevious(wait):
            return {"after": str(wait)}
    hour: dict[str, int | str] = {"at": str(rule.at)} if rule.at else {}
    match rule:
        case OnDay(number):
            return {"day": number} | hour
        case OnDate(day):
            return {"date": day.isoformat()} | hour
        case OnWeekday(weekday):
            return {"weekday": weekday.name.lower()} | hour
    assert_never(rule)


def _day_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_DAY:
        raise Refused("refused-day", most=MAX_DAY)
    return value


def _date(value: object) -> date:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise Refused("refused-date", given=str(value)[:MOST_GIVEN])
    return day


def _weekday(value: object) -> Weekday:
    try:
        return Weekday[str(value).upper()]
    except KeyError:
        raise Refused("refused-weekday", given=str(value)[:MOST_GIVEN]) from None
