"""An hour of the day as people say it, `09:00`; which instant it is, its zone decides."""

import re
from dataclasses import dataclass
from datetime import time

from core.text.refusal import MOST_GIVEN, Refused

_SHAPE = re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class LocalHour:
    """A wall clock's hour and minute, without a zone."""

    hour: int
    minute: int = 0

    @property
    def time(self) -> time:
        """The same as the standard library says it."""
        return time(self.hour, self.minute)

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


def parse_hour(text: str) -> LocalHour:
    """Read `9:00` or `09:00`; raises ValueError when it is anything else."""
    match = _SHAPE.fullmatch(text.strip())
    if not match:
        raise Refused("refused-hour", given=text[:MOST_GIVEN])
    return LocalHour(int(match["hour"]), int(match["minute"]))
