"""A part of the day on somebody's wall, `22:00-09:00`: in which nothing comes by itself, or in which something does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.rules.local_hour import LocalHour, parse_hour
from core.rules.local_time import to_instant
from core.text.refusal import MOST_GIVEN, Refused

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From an hour to another one of the same night or day; the end is outside."""

    start: LocalHour
    end: LocalHour

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    def covers(self, moment: datetime, zone: str) -> bool:
        """Whether a clock in the zone stands between them."""
        return self.hold(moment.astimezone(ZoneInfo(zone)))

    def hold(self, wall: datetime) -> bool:
        """Whether what a clock shows lies between them."""
        start, end = (self.start.hour, self.start.minute), (self.end.hour, self.end.minute)
        now = (wall.hour, wall.minute)
        return start <= now < end if start < end else now >= start or now < end

    def leave(self, moment: datetime, zone: str) -> datetime:
        """The moment itself, or the end of the hours it lies in."""
        return _next(self.end, moment, zone) if self.covers(moment, zone) else moment

    def reach(self, moment: datetime, zone: str) -> datetime:
        """The moment itself, or the next beginning of the hours."""
        return moment if self.covers(moment, zone) else _next(self.start, moment, zone)


def _next(hour: LocalHour, moment: datetime, zone: str) -> datetime:
    """The first instant after a moment at which a clock in the zone shows an hour, or has just skipped it."""
    today = moment.astimezone(ZoneInfo(zone)).date()
    for day in (today - _DAY, today, today + _DAY, today + 2 * _DAY):
        instant = to_instant(datetime.combine(day, hour.time), zone)
        if instant > moment:
            return instant
    raise AssertionError("every hour comes again within two days")  # pragma: no cover


def parse_hours(text: str) -> Hours:
    """Read `22:00-09:00`; raises ValueError when it is anything else, or nothing lies between."""
    start, dash, end = text.partition("-")
    if not dash:
        raise Refused("refused-hours", given=text[:MOST_GIVEN])
    hours = Hours(parse_hour(start), parse_hour(end))
    if hours.start == hours.end:
        raise Refused("refused-no-hours", start=start.strip(), end=end.strip())
    return hours
