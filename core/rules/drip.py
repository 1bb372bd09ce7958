"""When a lesson is due: rules that count from the start of the course or from the lesson before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from core.rules.interval import Interval, parse_interval
from core.rules.local_hour import LocalHour, parse_hour
from core.rules.local_time import to_instant

MAX_DAY = 3660
IMMEDIATELY = "immediately"
REAL_DAY = timedelta(days=1)
_LATE = 24
"""A lesson is late when it comes more than a 24th of a course day after it was due."""


@dataclass(frozen=True, slots=True)
class Immediately:
    """As soon as the lesson before it is over."""


@dataclass(frozen=True, slots=True)
class OnDay:
    """On the N-th day of the course, `at` an hour of her clock; day 1 is the moment it starts."""

    day: int
    at: LocalHour | None = None


@dataclass(frozen=True, slots=True)
class AfterPrevious:
    """Some time after the step before."""

    wait: Interval


DripRule = Immediately | OnDay | AfterPrevious


@dataclass(frozen=True, slots=True)
class Calendar:
    """How long a course day lasts, and a person's zone and chosen hour; only real days have hours."""

    day: timedelta = REAL_DAY
    zone: str = "UTC"
    hour: LocalHour | None = None

    def hour_for(self, rule: OnDay) -> LocalHour | None:
        """The hour a lesson comes at: her own, else the author's; None when it counts from the start."""
        return (self.hour or rule.at) if self.day == REAL_DAY and rule.day > 1 else None


@dataclass(frozen=True, slots=True)
class GivenLesson:
    """The lesson given last: when, for which day of the course, and whether it was late."""

    at: datetime
    day: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """The moment a lesson is due, and what a clock on her wall shows then if that was the rule."""

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
    within half a day of it waits for the next day, so that she catches up one a day.
    """
    match rule:
        case Immediately():
            return Due(previous_left_at)
        case AfterPrevious(wait):
            return Due(previous_left_at + wait.length(calendar.day))
        case OnDay():
            due = _on_day(rule, started_at, calendar)
            is_burst = last and last.late and rule.day > last.day and due.at < last.at + calendar.day / 2
            return _days_after(last.at, 1, rule, calendar) if last and is_burst else due
    assert_never(rule)


def note_given(
    rule: DripRule, now: datetime, *, started_at: datetime, calendar: Calendar, last: GivenLesson | None
) -> GivenLesson:
    """What `due_at` of the next lessons has to know about the one given `now`."""
    if isinstance(rule, OnDay):
        late = now - _on_day(rule, started_at, calendar).at > calendar.day / _LATE
        return GivenLesson(now, rule.day, late)
    return GivenLesson(now, last.day, last.late) if last else GivenLesson(now)


def _on_day(rule: OnDay, started_at: datetime, calendar: Calendar) -> Due:
    return _days_after(started_at, rule.day - 1, rule, calendar)


def _days_after(moment: datetime, days: int, rule: OnDay, calendar: Calendar) -> Due:
    hour = calendar.hour_for(rule)
    if hour is None:
        return Due(moment + days * calendar.day)
    date = moment.astimezone(ZoneInfo(calendar.zone)).date() + timedelta(days=days)
    wall = datetime.combine(date, hour.time)
    return Due(to_instant(wall, calendar.zone), wall)


def parse_drip(value: object) -> DripRule:
    """Read `immediately`, `{day: N}`, `{day: N, at: "09:00"}` or `{after: interval}`; else ValueError."""
    match value:
        case Immediately() | OnDay() | AfterPrevious():
            return value
        case str() if value == IMMEDIATELY:
            return Immediately()
        case Mapping() if value.keys() == {"day"}:
            return OnDay(_day_number(value["day"]))
        case Mapping() if value.keys() == {"day", "at"}:
            return OnDay(_day_number(value["day"]), parse_hour(str(value["at"])))
        case Mapping() if value.keys() == {"after"}:
            return AfterPrevious(parse_interval(str(value["after"])))
    raise ValueError('a drip rule is `immediately`, `{day: N}`, `{day: N, at: "09:00"}` or `{after: 1d:2h}`')


def dump_drip(rule: DripRule) -> str | dict[str, int | str]:
    """The shape `parse_drip` reads."""
    match rule:
        case Immediately():
            return IMMEDIATELY
        case OnDay(number, at):
            return {"day": number} | ({"at": str(at)} if at else {})
        case AfterPrevious(wait):
            return {"after": str(wait)}
    assert_never(rule)


def _day_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_DAY:
        raise ValueError(f"a day is a number from 1 to {MAX_DAY}")
    return value
