"""Billing periods by the calendar: `month`, `3 months`, `7d`, `year`; the end is counted from where one began to pay."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.rules.local_time import to_instant
from core.text.refusal import MOST_GIVEN, Refused

_SHAPE = re.compile(
    r"(?:(\d{1,3})\s*)?(d|day|days|week|weeks|month|months|year|years)", re.IGNORECASE | re.ASCII
)
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"d": 1, "day": 1, "week": 7}
MOST_DAYS = 730
MOST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar months or days, one of them 0."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        """As `parse_period` reads it."""
        if not self.months:
            return f"{self.days}d"
        count, unit = (self.months // 12, "year") if self.months % 12 == 0 else (self.months, "month")
        return unit if count == 1 else f"{count} {unit}s"

    @property
    def span(self) -> timedelta:
        """How long it lasts at least."""
        return timedelta(days=28 * self.months + self.days)


def parse_period(text: str) -> Period:
    """Read a period as authors write it; raises ValueError for anything else."""
    found_period = _SHAPE.fullmatch(text.strip())
    count = int(found_period[1] or 1) if found_period else 0
    unit = found_period[2].lower() if found_period else ""
    unit = unit.removesuffix("s")
    period = Period(months=count * _MONTHS.get(unit, 0), days=count * _DAYS.get(unit, 0))
    if (
        not found_period
        or not period.months + period.days > 0
        or period.months > MOST_MONTHS
        or period.days > MOST_DAYS
    ):
        raise Refused("refused-no-period", given=text[:MOST_GIVEN])
    return period


def add_periods(wall: datetime, period: Period, count: int) -> datetime:
    """The wall time so many periods later; a day that the month does not have is its last one.

    Counted from where it began, so that the 31st comes back after a February.
    """
    later = wall + timedelta(days=period.days * count)
    month = later.month - 1 + period.months * count
    year, month = later.year + month // 12, month % 12 + 1
    return later.replace(year=year, month=month, day=min(later.day, monthrange(year, month)[1]))


def end_of(wall: datetime, period: Period, count: int, zone: str) -> datetime:
    """The instant at which so many periods are over, for who lives in a zone."""
    return to_instant(add_periods(wall, period, count), zone)
