"""The sections of a flow as forms: what is asked of a scenario, a message, a lesson, an assignment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.flow.definition import Flow
from core.flow.steps.assignment import WorkKind
from core.rules.interval import Interval, parse_interval
from core.text.catalog import LANGUAGES, say
from core.text.refusal import Refused, Words, listed, words
from core.wizard import reading
from core.wizard.forms import Field, Form, Values, pick, tick
from core.wizard.screen import Entry, Option, label, rich
from utils.visible import is_blank

CURRENCY = "RUB"
PAY_URL = "{{user.payment_link}}"
WAITS = ("0s", "30m", "1h", "3h", "1d", "3d")


@dataclass(frozen=True)
class Place:
    """A group or channel one of the bots knows; `is_fit` says whether the bot lets people in there."""

    chat_id: int
    title: str
    is_fit: bool


@dataclass(frozen=True)
class FlowWorld:
    """What a wizard of flows knows: the draft, in which language it is shown, and what texts and buttons may name.

    `standing` is who stands where, `obstacles` what forbids to publish, both known where that is asked; `link` opens what is
    there, `find_slug` makes a free one of a name. `is_led` says that the first run tells what comes next.
    """

    flow: Flow | None = None
    language: str = "ru"
    variables: frozenset[str] = frozenset()
    sets: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    standing: Words | None = None
    people: int = 0
    obstacles: tuple[Words, ...] = ()
    link: str = ""
    is_led: bool = False
    find_slug: Callable[[str], str] = str
    newer: int = 0  # the version that was published since the draft was last changed


def _name(entry: Entry, former: Any, world: FlowWorld) -> str:
    return reading.read_name(entry, former, world)


def _rich(entry: Entry, former: Any, world: FlowWorld) -> str:
    del former
    return reading.read_text(entry, world.variables)


def _plain(entry: Entry, former: Any, world: FlowWorld) -> str:
    """Words that no message says: their formatting does not matter."""
    del former, world
    if is_blank(entry.text):
        raise Refused("wizard-bad-text")
    return entry.text


def _price(entry: Entry, former: Any, world: FlowWorld) -> int:
    del former, world
    return reading.read_price(entry.text, CURRENCY)


def _group(entry: Entry, former: Any, world: FlowWorld) -> int:
    del former
    return read_group(entry.text, world.places)


def read_group(text: str, places: Sequence[Place]) -> int:
    """The number of a group where the bot lets people in; raises Refused for any other."""
    typed = text.strip().replace("−", "-")
    there = [place for place in places if str(place.chat_id) == typed or place.title == text.strip()]
    if not there:
        raise Refused("wizard-bad-group", given=label(text))
    if not there[0].is_fit:
        raise Refused("wizard-weak-group", title=there[0].title)
    return there[0].chat_id


def pick_groups(places: Sequence[Place]) -> list[Option]:
    """A button for each group where the bot lets people in."""
    return [pick(label(place.title), place.chat_id) for place in places if place.is_fit]


def _photos(entry: Entry, former: Any, world: FlowWorld) -> list[dict[str, Any]]:
    del world
    return reading.add_photo(entry, former)


def _wait(entry: Entry, former: Any, world: FlowWorld) -> str:
    del former, world
    return reading.read_wait(entry.text)


def _buttons(entry: Entry, former: Any, world: FlowWorld) -> dict[str, Any] | None:
    del former
    rows = reading.read_buttons(entry.text, world.variables)
    return {"rows": rows} if rows else None


def _pick_buttons(_: Values, world: FlowWorld) -> Sequence[Option]:
    options = [pick(words("wizard-button-set", name=name), {"set": name}) for name in world.sets]
    if world.flow and world.flow.product:
        text = words("wizard-button-pay")
        labels = {language: say("wizard-pay-label", language) for language in LANGUAGES}
        pay = {"rows": [[{"text": labels, "url": PAY_URL}]]}
        options.append(pick(text, pay))
    return options


def _pick_waits(*_: Any) -> Sequence[Option]:
    return [pick(show_wait(wait), wait) for wait in WAITS]


def show_wait(wait: Any, _: Any = None) -> Words:
    """A wait in words: `at once`, `1 day 2 h`."""
    interval = parse_interval(str(wait))
    hours, rest = divmod(interval.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = {"days": interval.days, "hours": hours, "minutes": minutes, "seconds": seconds}
    said = [words(f"wizard-wait-{name}", count=count) for name, count in parts.items() if count]
    return listed(said, " ") if said else words("wizard-wait-none")


def show_drip(rule: Any, _: Any = None) -> Words:
    """When a lesson comes, in words."""
    match rule:
        case {"day": day, **rest}:
            said = words("wizard-drip-day", day=day)
        case {"date": date, **rest}:
            said = words("wizard-drip-date", date=".".join(reversed(str(date).split("-"))))
        case {"weekday": name, **rest}:
            said = words(f"wizard-drip-{name}")
        case {"after": wait, **rest}:
            said = words("wizard-drip-after", wait=show_wait(wait))
        case _:
            return words("wizard-drip-none")
    return words("wizard-drip-at", day=said, hour=rest["at"]) if "at" in rest else said


def _drip(entry: Entry, former: Any, world: FlowWorld) -> Any:
    del former, world
    return reading.read_drip(entry.text)


def _pick_days(values: Values, world: FlowWorld) -> Sequence[Option]:
    del values
    days = [
        step.model_dump(mode="json").get("drip", {}) for step in (world.flow.steps if world.flow else ())
        if step.type == "lesson"
    ]  # fmt: skip
    known = [drip["day"] for drip in days if isinstance(drip, Mapping) and "day" in drip]
    following = max(known, default=0) + 1
    rules = [
        "immediately",
        {"day": following},
        {"day": following, "at": "09:00"},
        {"after": str(Interval(1))},
    ]
    return [pick(show_drip(rule), rule) for rule in rules]


def show_photos(value: Any, _: Any = None) -> Words:
    """How many files there are."""
    return words("wizard-photos", count=len(value))


def show_buttons(value: Any, _: Any = None) -> Words:
    """The buttons, a line each."""
    if "set" in value:
        return words("wizard-button-set", name=value["set"])
    return listed((_show_button(button) for row in value["rows"] for button in row), "\n")


def _show_button(button: Mapping[str, Any]) -> Words:
    text = button["text"]
    shown = text if isinstance(text, str) else next(iter(text.values()))
    return words("wizard-button-line", text=shown, url=button.get("url", "…"))


def _show_rich(value: Any, _: Any) -> Words:
    return rich(value)


def _show_price(value: Any, _: Any) -> Words:
    return {"money": value, "currency": CURRENCY}


def _show_group(value: Any, world: FlowWorld) -> Words:
    return show_group(value, world.places)


def show_group(chat_id: int, places: Sequence[Place]) -> Words:
    """A group by its title, if it is known."""
    return next((label(place.title) for place in places if place.chat_id == chat_id), str(chat_id))


def _show_kinds(value: Any, _: Any) -> Words:
    return listed((words(f"work-{kind}") for kind in value), ", ")


def _show_choice(name: str) -> Any:
    return lambda value, _: words(f"wizard-{name}-{value}")


def _pick_all(name: str, *values: Any) -> Any:
    return lambda *_: [pick(words(f"wizard-{name}-{value}"), value) for value in values]


def _pick_kinds(*_: Any) -> Sequence[Option]:
    return [tick(words(f"work-{kind}"), str(kind)) for kind in WorkKind]


def _says_something(values: Values) -> bool:
    return bool(values.get("text") or values.get("photos"))


def _has_product(values: Values) -> bool:
    return bool(values.get("product_name"))


TEXT = Field("text", _rich, show=_show_rich, own_question=True)
OPTIONAL_TEXT = replace(TEXT, optional=True)
PHOTOS = Field("photos", _photos, show=show_photos, optional=True, gathers=True)
BUTTONS = Field("buttons", _buttons, _pick_buttons, show_buttons, optional=True, per_row=1)
TIMING = Field("timing", _wait, _pick_waits, show_wait, per_row=3)
TITLE = Field("title", _name)
DAY = Field("day", _drip, _pick_days, show_drip, per_row=1)
DONE = Field("done", None, _pick_all("done", "auto", "button"), _show_choice("done"), per_row=1)

GENERAL = Form(
    "general",
    (
        Field("name", _name, own_question=True),
        Field("product_name", _name, optional=True),
        Field("product_price", _price, show=_show_price, when=_has_product),
        Field("paid_content", _rich, show=_show_rich, optional=True, when=_has_product),
        Field(
            "private_group",
            _group,
            lambda _, world: pick_groups(world.places),
            _show_group,
            _has_product,
            optional=True,
            per_row=1,
        ),
    ),
)
COURSE = Form("course", (Field("name", _name, own_question=True),))
SUMMARY = Form("summary", (OPTIONAL_TEXT, PHOTOS, replace(BUTTONS, when=_says_something)))
MESSAGE = Form("message", (OPTIONAL_TEXT, PHOTOS, TIMING, BUTTONS))
LESSON = Form("lesson", (TITLE, TEXT, PHOTOS, DAY, DONE, BUTTONS))
LESSON_HEAD = Form("lesson_head", (TITLE, DAY, DONE))
LESSON_PART = Form("lesson_part", (OPTIONAL_TEXT, PHOTOS, BUTTONS))
ASSIGNMENT = Form(
    "assignment",
    (
        TEXT,
        PHOTOS,
        Field("accepts", None, _pick_kinds, _show_kinds, many=True, optional=True),
        Field(
            "stop",
            None,
            _pick_all("stop", "free", "stop", "delayed"),
            _show_choice("stop"),
            per_row=1,
        ),
        Field("answer", _rich, show=_show_rich, optional=True),
        Field("criteria", _plain, optional=True),
    ),
)
FORMS: Mapping[str, Form] = {
    form.section: form
    for form in (GENERAL, COURSE, SUMMARY, MESSAGE, LESSON, LESSON_HEAD, LESSON_PART, ASSIGNMENT)
}
