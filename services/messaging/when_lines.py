"""When a broadcast leaves, as an author writes it in a chat: a moment, an hour of each person's own clock, a window."""

import re
from datetime import datetime
from typing import Any

from core.rules.moments import parse_moment
from core.text.refusal import MOST_GIVEN, Refused

FIELDS = ("at", "weekly", "zone", "local", "window")
NOW = ("now", "сейчас", "-", "—", "–")
WEEKLY = ("weekly", "every week", "еженедельно", "каждую неделю")
_HOUR = r"([01]?\d|2[0-3]):[0-5]\d"
_LOCAL = re.compile(_HOUR)
_WINDOW = re.compile(rf"(?P<begins>{_HOUR})\s*[-—–]\s*(?P<ends>{_HOUR})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")


def read_when(text: str, now: datetime, zone: str) -> dict[str, Any]:
    """The fields of a broadcast's file, on the wall clock of `zone`; nothing for now. Raises Refused for what is no time."""
    said: dict[str, Any] = {}
    for line in text.splitlines():
        if line.strip() and line.strip().casefold() not in NOW:
            said |= _read(line.strip(), now, zone)
    return said


def _read(line: str, now: datetime, zone: str) -> dict[str, Any]:
    if window := _WINDOW.fullmatch(line):
        return {"window": {"from": _hour(window["begins"]), "to": _hour(window["ends"])}}
    if _LOCAL.fullmatch(line):
        return {"local": _hour(line)}
    weekly = next((word for word in WEEKLY if line.casefold().endswith(word)), "")
    at = _moment(line[: len(line) - len(weekly)].strip(), zone)
    if at <= now:
        raise Refused("refused-when-past", given=line[:MOST_GIVEN])
    return {"at": at.isoformat(), **({"weekly": True, "zone": zone} if weekly else {})}


def _hour(written: str) -> str:
    return written.zfill(len("00:00"))


def _moment(written: str, zone: str) -> datetime:
    day_first = _DAY_FIRST.match(written)
    if day_first is not None:
        date = f"{day_first['year']}-{day_first['month']:0>2}-{day_first['day']:0>2}"
        written = date + written[day_first.end() :]
    try:
        return parse_moment(written, zone)
    except ValueError:
        raise Refused("refused-when", given=written[:MOST_GIVEN]) from None
