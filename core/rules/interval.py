"""Intervals as authors write them: `30s`, `1h:30m`, `1d:2h:3m:4s`."""

import re
from dataclasses import dataclass
from datetime import timedelta

from core.text.refusal import MOST_GIVEN, Refused

_SHAPE = re.compile(
    r"(?:(?P<d>\d{1,4})d)?(?::?(?P<h>\d{1,5})h)?(?::?(?P<m>\d{1,7})m)?(?::?(?P<s>\d{1,9})s)?",
    re.IGNORECASE | re.ASCII,
)
_MINUTE = 60
_HOUR = 60 * _MINUTE
_MOST_HOURS = 100_000  # what is written back as hours is read again


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Course days and seconds, kept apart because the length of a course day is a setting."""

    days: int = 0
    seconds: int = 0

    def length(self, day: timedelta) -> timedelta:
        """The interval's real length when a course day lasts `day`."""
        return self.days * day + timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, _HOUR)
        minutes, seconds = divmod(rest, _MINUTE)
        units = ((self.days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
        return ":".join(f"{count}{unit}" for count, unit in units if count) or "0s"


def parse_interval(text: str) -> Interval:
    """Read `[Nd][:][Nh][:][Nm][:][Ns]`; raises ValueError when it is anything else."""
    stripped = text.strip()
    match = _SHAPE.fullmatch(stripped)
    count = {unit: int(digits or 0) for unit, digits in match.groupdict().items()} if match else {}
    seconds = count.get("h", 0) * _HOUR + count.get("m", 0) * _MINUTE + count.get("s", 0)
    if not count or not stripped or stripped.startswith(":") or seconds >= _MOST_HOURS * _HOUR:
        raise Refused("refused-interval", given=text[:MOST_GIVEN])
    return Interval(count["d"], seconds)
