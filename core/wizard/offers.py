"""The forms of what is sold and shared: tariffs, promo codes, sets of buttons, values of a bot's texts."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn

from core.money import minor_of, show_money
from core.rules.periods import parse_period
from core.rules.promo import read_code
from core.text.refusal import Refused, Words, listed, words
from core.wizard import reading
from core.wizard.catalogue import Catalogue, ListWorld
from core.wizard.forms import Field, Form, Values, pick, tick
from core.wizard.screen import Entry, Option, label
from core.wizard.sections import read_group, show_buttons, show_group

CURRENCIES = ("RUB", "USD", "EUR", "XTR")
RIGHTS = ("feedback", "community", "mentor")
"""What each school may promise; others may be named in a file."""
PERIODS = ("once", "month", "3 months", "year")
TRIALS = ("3d", "7d", "14d")
MOST_VALUE = 2048
_VALUE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def _name(entry: Entry, former: Any, world: ListWorld) -> str:
    return reading.read_name(entry, former, world)


def _plain(entry: Entry, former: Any, world: ListWorld) -> str:
    del former
    reading.read_text(Entry(entry.text, entry.text), world.variables)
    return entry.text.strip()


def _currency(values: Values) -> str:
    return str(values.get("currency") or CURRENCIES[0])


def _price(entry: Entry, former: Any, world: ListWorld) -> str:
    """In major units, as a tariff's file says it; whether it is fine enough for its currency is asked when it is saved."""
    del former, world
    amount = reading.read_price(entry.text, CURRENCIES[0])
    whole, part = divmod(amount, 100)
    return f"{whole}.{part:02d}" if part else str(whole)


def _say_price(values: Values) -> Words:
    """In the currency that is chosen for it."""
    currency = _currency(values)
    return {"money": int(Decimal(values["price"]) * minor_of(currency)), "currency": currency}


def _show_period(value: Any, _: Any = None) -> Words:
    if value == "once":
        return words("wizard-period-once")
    period = parse_period(str(value))
    if period.months in {1, 12}:
        return words("wizard-period-month" if period.months == 1 else "wizard-period-year")
    if period.months:
        return words("wizard-period-months", count=period.months)
    return words("wizard-wait-days", count=period.days)


def _period(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    return reading.read_period(entry.text)


def _days(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    typed = entry.text.strip()
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed[:4]) <= 365 and len(typed) <= 3):  # noqa: PLR2004
        raise Refused("wizard-bad-days", given=label(typed))
    return f"{int(typed)}d"


def _group(entry: Entry, former: Any, world: ListWorld) -> list[int]:
    chat_id = read_group(entry.text, world.places)
    return [*(group for group in former or () if group != chat_id), chat_id]


def _pick_groups(_: Values, world: ListWorld) -> Sequence[Option]:
    return [tick(label(place.title), place.chat_id) for place in world.places if place.is_fit]


def _show_groups(value: Any, world: ListWorld) -> Words:
    return listed((show_group(group, world.places) for group in value), ", ")


def _pick_courses(_: Values, world: ListWorld) -> Sequence[Option]:
    return [pick(label(name), slug) for slug, name in world.courses]


def _show_course(value: Any, world: ListWorld) -> Words:
    return label(dict(world.courses).get(value, str(value)))


def _pick_rights(_: Values, world: ListWorld) -> Sequence[Option]:
    return [tick(show_right(right), right) for right in world.rights]


def show_right(right: str) -> Words:
    """What a tariff includes, in words; a right that the author has named by itself as it is."""
    return words(f"wizard-right-{right}") if right in RIGHTS else right


def _show_rights(value: Any, _: Any) -> Words:
    return listed(map(show_right, value), ", ")


def _show_currency(value: Any, _: Any = None) -> Words:
    return words(f"wizard-currency-{value}")


def _is_subscription(values: Values) -> bool:
    return values.get("period") not in {None, "once"}


def _pays_whole(values: Values) -> bool:
    """Instalments are kept as they are: here they are neither made nor changed."""
    return not values.get("instalments")


TARIFF = Catalogue(
    "tariff",
    Form(
        "tariff",
        (
            Field("course", None, _pick_courses, _show_course, per_row=1),
            Field("name", _name, own_question=True),
            Field("currency", None, lambda *_: [pick(_show_currency(currency), currency) for currency in CURRENCIES], _show_currency,
                  is_said=False),
            Field("price", _price, says=_say_price),
            Field("period", _period, lambda *_: [pick(_show_period(period), period) for period in PERIODS], _show_period, _pays_whole),
            Field("trial", _days, lambda *_: [pick(_show_period(period), period) for period in TRIALS], _show_period,
                  _is_subscription, optional=True),
            Field("rights", None, _pick_rights, _show_rights, optional=True, many=True, per_row=1),
            Field("groups", _group, _pick_groups, _show_groups, optional=True, many=True, gathers=True, per_row=1,
                  asks_bare=True),
            Field("description", _plain, optional=True),
        ),
    ),
)  # fmt: skip


def _code(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    code = read_code(entry.text)
    if not code:
        raise Refused("promo-bad-letters")
    return code


def _off(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    typed = entry.text.strip().replace(" ", "").replace(",", ".").lower()
    if typed.isascii() and typed.endswith("%") and typed[:-1].isdecimal() and 0 < int(typed[:-1]) <= 100:  # noqa: PLR2004 - per cent
        return typed
    try:
        amount = reading.read_price(typed, CURRENCIES[0])
    except Refused:
        raise Refused("wizard-bad-off", given=label(entry.text)) from None
    return f"{amount // 100}.{amount % 100:02d}"


def _show_off(value: Any, world: ListWorld) -> Words:
    if value == "free":
        return words("wizard-off-free")
    if str(value).endswith("%"):
        return str(value)
    return show_money(round(float(value) * 100), CURRENCIES[0], world.language)


def _pick_tariffs(_: Values, world: ListWorld) -> Sequence[Option]:
    return [tick(label(name), code) for code, name in world.tariffs]


def _show_tariffs(value: Any, world: ListWorld) -> Words:
    names = dict(world.tariffs)
    return listed((label(names.get(code, code)) for code in value), ", ")


def _count(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    typed = entry.text.strip()
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) <= 1_000_000):  # noqa: PLR2004 - more nobody gives
        raise Refused("wizard-bad-count", given=label(typed))
    return str(int(typed))


_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def _date(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    date = _DATE.fullmatch(entry.text.strip())
    try:
        return str(dt.date(*(int(part) for part in reversed(date.groups())))) if date else _no_date(entry)
    except ValueError:
        return _no_date(entry)


def _no_date(entry: Entry) -> NoReturn:
    raise Refused("wizard-bad-date", given=label(entry.text))


def _show_date(value: Any, _: Any = None) -> Words:
    return ".".join(reversed(str(value).split("-")))


PROMO = Catalogue(
    "promo",
    Form(
        "promo",
        (
            Field("code", _code),
            Field("off", _off, lambda *_: [pick(words("wizard-off-free"), "free"), pick("10%", "10%"), pick("20%", "20%")], _show_off),
            Field("tariffs", None, _pick_tariffs, _show_tariffs, optional=True, many=True, per_row=1),
            Field("limit", _count, optional=True),
            Field("per_person", _count, lambda *_: [pick("1", "1")], optional=True),
            Field("until", _date, show=_show_date, optional=True),
        ),
    ),
)  # fmt: skip


def _set_buttons(entry: Entry, former: Any, world: ListWorld) -> dict[str, Any]:
    del former
    rows = reading.read_buttons(entry.text, world.variables)
    if not rows:
        raise Refused("refused-button-line", given=label(entry.text))
    return {"rows": rows}


BUTTONS = Catalogue(
    "buttons",
    Form(
        "buttons",
        (
            Field("name", _name, own_question=True),
            Field("buttons", _set_buttons, show=show_buttons),
        ),
    ),
)


def _value_name(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    typed = entry.text.strip().removeprefix("{{bot.").removesuffix("}}").removeprefix("bot.")
    if not _VALUE_NAME.fullmatch(typed) or typed == "bot_name":
        raise Refused("wizard-bad-value-name", given=label(entry.text))
    return typed


def _value(entry: Entry, former: Any, world: ListWorld) -> str:
    del former, world
    typed = entry.text.strip()
    if not typed or len(typed) > MOST_VALUE:
        raise Refused("wizard-bad-value", most=MOST_VALUE)
    return typed


VALUES = Catalogue(
    "value",
    Form(
        "value",
        (
            Field("name", _value_name, lambda *_: [pick(name, name) for name in ("support_link", "company_name")], own_question=True),
            Field("value", _value),
        ),
    ),
)  # fmt: skip
