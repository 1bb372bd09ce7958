"""Time zones to choose from by looking at a clock: one name stands for everybody whose clock shows the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# From west to east. Where several show the same time now, the guess wins, then the first of the list.
WORLD = (
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Guadalcanal",
    "Asia/Kamchatka",
    "Pacific/Auckland",
)
RUSSIAN = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)
PREFERRED = {"ru": RUSSIAN}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A zone and what a clock shows there."""

    zone: str
    shows: datetime  # naive: it is only looked at


def list_candidates(now: datetime, guess: str, language: str) -> list[Candidate]:
    """One zone per clock that is in use from UTC-8 to UTC+12: the guess, then the others from west to east."""
    names: Sequence[str] = (guess, *PREFERRED.get(language, ()), *WORLD)
    found: dict[timedelta, str] = {}
    for name in names:
        found.setdefault(_offset(now, name), name)
    here = _offset(now, guess)
    in_order = (here, *sorted(found.keys() - {here}))
    return [Candidate(found[offset], (now + offset).replace(tzinfo=None)) for offset in in_order]


def _offset(now: datetime, zone: str) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
