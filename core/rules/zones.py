"""Time zones found by what a clock shows: one name stands for everybody whose clock shows the same."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from core.rules.local_hour import LocalHour

# Where several show the same time now, the guess wins, then the first of the list. It has every clock that is in use.
WORLD = (
    "America/New_York",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Pacific/Marquesas",
    "Pacific/Gambier",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Noronha",
    "Atlantic/Azores",
    "Atlantic/Cape_Verde",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Australia/Eucla",
    "Asia/Tokyo",
    "Australia/Darwin",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Guadalcanal",
    "Asia/Kamchatka",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Tongatapu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
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
_DAY = timedelta(days=1)
_CLOSE = timedelta(minutes=10)
"""How far a clock may be from what it should show: clocks go wrong, and a message takes its time."""
_CLOCK = re.compile(
    r"(?P<hour>[01]?\d|2[0-3])\s*[:.\-ч\sh]\s*(?P<minute>[0-5]\d)\s*(?P<half>[ap]\.?\s?m\.?)?",
    re.ASCII | re.IGNORECASE,
)
_NOON = 12
_MOST_CLOCK = 20  # signs; in a longer text of spaces the expression would look at each for each


@cache
def list_zones() -> frozenset[str]:
    """The names of all zones; looked up once, for it takes a walk through the disk."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    return name in list_zones()


def read_clock(text: str) -> LocalHour | None:
    """What a clock shows, as people write it: `5:44`, `17.44`, `5:44 pm`; None for anything else."""
    line = text.strip()
    match = _CLOCK.fullmatch(line) if len(line) <= _MOST_CLOCK else None
    if not match:
        return None
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half and not 1 <= hour <= _NOON:
        return None
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    return LocalHour(hour, int(match["minute"]))


def find_zone(now: datetime, shown: LocalHour, guess: str, language: str) -> str | None:
    """The zone whose clock shows that time now, or nearly; None if no clock on earth does."""
    names: Sequence[str] = (guess, *PREFERRED.get(language, ()), *WORLD)
    nearest = min(names, key=lambda name: _distance(now, name, shown))
    return nearest if _distance(now, nearest, shown) <= _CLOSE else None


def _distance(now: datetime, zone: str, shown: LocalHour) -> timedelta:
    """How far a clock there is from what is shown, around the dial."""
    clock = now.astimezone(ZoneInfo(zone))
    apart = abs(timedelta(hours=clock.hour - shown.hour, minutes=clock.minute - shown.minute))
    return min(apart, _DAY - apart)
