"""What people type into a wizard, read with patience: prices, waits, days, buttons; what cannot be read is refused with an example."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.money import read_money
from core.rules.drip import Weekday, dump_drip, parse_drip
from core.rules.interval import Interval, parse_interval
from core.rules.periods import parse_period
from core.text.button_lines import split_text
from core.text.message import MAX_MEDIA, MAX_ROW
from core.text.refusal import MOST_GIVEN, Refused, listed
from core.text.targets import read_link
from core.text.template import check_template
from core.wizard.screen import Entry
from utils.telegram_html import shorten
from utils.visible import is_blank

MOST_NAME = 200
MOST_TEXT = 40_000  # characters of what becomes several messages
NEARLY_FULL = 3_500  # a text of this length may have been cut by the app that sent it
_UNITS = {
    "d": ("d", "day", "days", "д", "дн", "день", "дня", "дней", "сут", "сутки", "суток"),
    "h": ("h", "hour", "hours", "hr", "ч", "час", "часа", "часов"),
    "m": ("m", "min", "mins", "minute", "minutes", "м", "мин", "минута", "минуту", "минуты", "минут"),
    "s": ("s", "sec", "secs", "second", "seconds", "с", "сек", "секунд", "секунды", "секунда", "секунду"),
}
_SPANS = {
    "d": _UNITS["d"],
    "week": ("week", "weeks", "нед", "неделя", "неделю", "недели", "недель"),
    "month": ("month", "months", "мес", "месяц", "месяца", "месяцев"),
    "year": ("year", "years", "г", "год", "года", "лет"),
}
_LENGTHS = {"h": 3600, "m": 60, "s": 1}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_SPAN_OF = {word: span for span, words in _SPANS.items() for word in words}
_SPAN = re.compile(r"(?:every|each|каждый|каждую|каждые|каждое|раз в)?\s*(?:(\d{1,3})\s*)?([a-zа-я]+)\.?")
_PIECE = re.compile(r"(\d{1,6})\s*([a-zа-я]+)\.?")
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})")
_AT_ONCE = frozenset({"0", "сразу", "now", "at once", "immediately", "без паузы", "0:00"})
_SIGNS = re.compile(r"[₽$€\s]|руб\.?|rub", re.IGNORECASE)
_WEEKDAYS = {
    name: str(day.name).lower()
    for day, names in zip(
        Weekday,
        (
            ("monday", "mon", "понедельник", "пн"),
            ("tuesday", "tue", "вторник", "вт"),
            ("wednesday", "wed", "среда", "среду", "ср"),
            ("thursday", "thu", "четверг", "чт"),
            ("friday", "fri", "пятница", "пятницу", "пт"),
            ("saturday", "sat", "суббота", "субботу", "сб"),
            ("sunday", "sun", "воскресенье", "вс"),
        ),
        strict=True,
    )
    for name in names
}
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_HOUR = re.compile(r"^(.*?)(?:\s+(?:в\s+|at\s+)?(\d{1,2}:\d{2}))?$")
_DAY = re.compile(r"(?:день|day)?\s*(\d{1,4})(?:-?й день)?", re.IGNORECASE)


def read_name(entry: Entry, former: Any = None, world: Any = None) -> str:
    """One line of at most 200 characters."""
    del former, world
    name = " ".join(entry.text.split())
    if is_blank(name) or len(name) > MOST_NAME:
        raise Refused("wizard-bad-name", most=MOST_NAME, length=len(name))
    return name


def read_text(entry: Entry, variables: Collection[str]) -> str:
    """A text with its formatting; its variables must be known."""
    if is_blank(entry.text):
        raise Refused("wizard-bad-text")
    if len(entry.html) > MOST_TEXT:
        raise Refused("wizard-bad-long", length=len(entry.html), most=MOST_TEXT)
    if problems := check_template(entry.html, variables):
        raise Refused("wizard-bad-variables", problem=listed(problems), known=_list(variables))
    return entry.html


def _list(variables: Collection[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in sorted(variables))


def read_price(text: str, currency: str) -> int:
    """`1500`, `1 500,50 ₽` in minor units, more than nothing."""
    bare = _SIGNS.sub("", text).replace(",", ".")
    try:
        amount = read_money(bare, currency)
    except ValueError:
        amount = 0
    if amount == 0:
        raise Refused("wizard-bad-price", given=text[:MOST_GIVEN])
    return amount


def read_wait(text: str) -> str:
    """`2:30`, `1d:2h`, `1 день 3 часа` as an interval is written."""
    typed = " ".join(text.lower().split())
    if typed in _AT_ONCE:
        return str(Interval())
    if clock := _CLOCK.fullmatch(typed):
        return str(Interval(0, int(clock[1]) * 3600 + int(clock[2]) * 60))
    try:
        return str(parse_interval(typed))
    except ValueError:
        return str(_read_units(typed))


def _read_units(typed: str) -> Interval:
    pieces = [(int(count), _UNIT_OF.get(unit)) for count, unit in _PIECE.findall(typed)]
    rest = re.sub(r"\b(?:и|and|через|in|after)\b|,", "", _PIECE.sub("", typed)).strip()
    if not pieces or rest or any(unit is None for _, unit in pieces):
        raise Refused("wizard-bad-wait", given=typed[:MOST_GIVEN])
    seconds = sum(count * _LENGTHS[unit] for count, unit in pieces if unit and unit != "d")
    return Interval(sum(count for count, unit in pieces if unit == "d"), seconds)


def read_period(text: str) -> str:
    """`7 дней`, `каждые 3 месяца`, `every month`, `7d` as a period is written."""
    found_span = _SPAN.fullmatch(" ".join(text.lower().split()))
    span = _SPAN_OF.get(found_span[2]) if found_span else None
    if not found_span or span is None:
        raise Refused("wizard-bad-period", given=text[:MOST_GIVEN])
    try:
        return str(parse_period(f"{found_span[1] or 1} {span}"))
    except ValueError:
        raise Refused("wizard-bad-period", given=text[:MOST_GIVEN]) from None


def read_drip(text: str) -> Any:
    """When a lesson comes: `3`, `3 09:00`, `25.12.2026 10:00`, `понедельник 9:00`, `через 2 часа`, as a file says it."""
    typed = " ".join(text.lower().split())
    if typed in _AT_ONCE:
        return "immediately"
    match = _HOUR.match(typed)
    what, hour = (match[1], match[2]) if match else (typed, None)
    at = {"at": hour} if hour else {}
    try:
        return dump_drip(parse_drip(_read_moment(what) | at))
    except ValueError:
        raise Refused("wizard-bad-drip", given=text[:MOST_GIVEN]) from None


def _read_moment(what: str) -> dict[str, Any]:
    if day := _DAY.fullmatch(what):
        return {"day": int(day[1])}
    if date := _DATE.fullmatch(what):
        return {"date": f"{date[3]}-{int(date[2]):02d}-{int(date[1]):02d}"}
    if what in _WEEKDAYS:
        return {"weekday": _WEEKDAYS[what]}
    return {"after": read_wait(what)}


def read_buttons(text: str, variables: Collection[str]) -> list[list[dict[str, str]]]:
    """Rows of buttons that open addresses, a line each."""
    rows = split_text(text)
    if any(len(row) > MAX_ROW for row in rows):
        raise Refused("refused-button-row", limit=MAX_ROW)
    made = [[{"text": label, "url": read_link(url)} for label, url in row] for row in rows]
    for button in (button for row in made for button in row):
        if problems := check_template(f"{button['text']} {button['url']}", variables):
            raise Refused("wizard-bad-variables", problem=listed(problems), known=_list(variables))
    return made


def add_photo(entry: Entry, former: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """The files with one more, in the order in which they were sent; at most ten."""
    if entry.media is None:
        raise Refused("wizard-bad-photo")
    there = [dict(photo) for photo in former or ()]
    made = {**entry.media, "number": entry.number}
    if len(there) >= MAX_MEDIA:
        raise Refused("wizard-bad-photos", most=MAX_MEDIA)
    return sorted([*there, made], key=lambda photo: photo.get("number", 0))


def brief(text: str) -> str:
    """The beginning of an author's text as the name of a button."""
    return shorten(text, 40)
