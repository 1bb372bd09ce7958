"""Whom a draft is for, chosen by buttons: what the account has ready to be ticked and any other condition, joined by `all`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from core.db.session import UnitOfWork
from services.delivery import speech
from services.delivery.speech import Words
from services.messaging.broadcast_plan import Plan
from services.people.conditions import CONDITIONS
from services.people.conditions.forms import list_fields, read_filled, say_condition, say_leaf
from services.people.conditions.known_names import list_known, load_checked
from services.people.conditions.tree import Branch, Leaf, read_tree
from services.people.segments import list_names

MOST_SEGMENTS = 10
MOST_NAMES = 8  # of each condition
MOST_OFFERED = 20  # below the question about one
NAMED = ("has_paid", "finished", "tag")  # conditions that are ticked by what they can name


@dataclass(frozen=True)
class Choice:
    """Something to tick: by which name a button knows it, what it asks, how it is said; one of a `group` at a time.

    `called` is what it names, as people call it.
    """

    code: str
    condition: Any
    label: Words
    group: str = ""
    called: Words = ""


@dataclass(frozen=True)
class Added:
    """A condition of the draft that is not among the choices, or of those for whom it does not hold."""

    code: str
    label: Words
    is_not: bool


READY: Mapping[str, tuple[Any, str]] = {
    "unpaid": ("has_not_paid", "money"),
    "paid": ("has_paid", "money"),
    "idle": ("no_active_scenario", ""),
    "week": ({"last_seen_days": 7}, "seen"),
    "month": ({"last_seen_days": 30}, "seen"),
    "ru": ({"language": "ru"}, "language"),
    "en": ({"language": "en"}, "language"),
}


async def list_choices(uow: UnitOfWork) -> Sequence[Choice]:
    """What can be ticked: the ready ones, then what people bought, finished, are tagged with; the saved segments."""
    ready = [
        Choice(code, condition, speech.words(f"audience-{code}"), group)
        for code, (condition, group) in READY.items()
    ]
    names = await list_names(uow)
    segments = [
        Choice(f"s{number}", {"in_segment": name}, speech.words("audience-segment", name=name))
        for number, name in list(names.items())[:MOST_SEGMENTS]
    ]
    named = [choice for condition in NAMED for choice in await list_named(uow, condition, MOST_NAMES)]
    return [*ready, *named, *segments]


async def list_named(uow: UnitOfWork, condition: str, limit: int) -> Sequence[Choice]:
    """What a condition can name, called as people do; two that are called alike have their codes beside that."""
    main = CONDITIONS[condition].main
    if main is None or main not in CONDITIONS[condition].names:
        return []
    known = await list_known(uow.conn, uow.account_id, condition, main, limit)
    titles = list(known.values())
    choices = []
    for name, title in known.items():
        called = speech.named(title)
        if titles.count(title) > 1:
            called = speech.words("audience-alike", name=called, code=name)
        label = speech.lines(say_condition(condition), called, gap=": ")
        choices.append(Choice(_code("n", {condition: name}), {condition: name}, label, called=called))
    return choices


def _code(kind: str, condition: Any) -> str:
    """Short enough for a button, and of this condition also when others have come."""
    return f"{kind}{crc32(json.dumps(condition, sort_keys=True, default=str).encode()):x}"


def list_ticked(plan: Plan, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Those that the plan asks for."""
    parts = _parts(plan)
    return [choice for choice in choices if choice.condition in parts]


def count_other(plan: Plan, choices: Sequence[Choice]) -> int:
    """How many conditions it has beside those, from its file."""
    ready = [choice.condition for choice in choices]
    return sum(part not in ready for part in _parts(plan))


def list_added(plan: Plan, choices: Sequence[Choice]) -> Sequence[Added]:
    """The other conditions it asks, without those that join several: these only a file can change."""
    ready = [choice.condition for choice in choices]
    added = []
    for part in _parts(plan):
        match read_tree(part):
            case Leaf() as leaf if part not in ready:
                added.append(Added(_code("o", part), say_leaf(leaf), is_not=False))
            case Branch(joint="not", parts=(Leaf() as leaf,)):
                added.append(Added(_code("o", part), say_leaf(leaf), is_not=True))
    return added


async def tick(uow: UnitOfWork, plan: Plan, code: str) -> Plan:
    """The plan with a choice ticked, or ticked no more; `all` is everybody.

    One that was added is turned into those for whom it does not hold, and goes with the next press.
    """
    if code == "all":
        return plan.model_copy(update={"audience": None})
    parts = _parts(plan)
    pressed = next((part for part in parts if _code("o", part) == code), None)
    if pressed is not None:
        return _with(
            plan, [new_part for part in parts for new_part in (_turned(part) if part is pressed else [part])]
        )
    choices = await list_choices(uow)
    chosen = next((choice for choice in choices if choice.code == code), None) or await _find(uow, code)
    if chosen is None:
        return plan
    if chosen.condition in parts:
        return _with(plan, [part for part in parts if part != chosen.condition])
    rivals = [choice.condition for choice in choices if choice.group == chosen.group and choice.group]
    return _with(plan, [*(part for part in parts if part not in rivals), chosen.condition])


def _turned(part: Any) -> list[Any]:
    return [] if isinstance(part, Mapping) and "not" in part else [{"not": part}]


async def _find(uow: UnitOfWork, code: str) -> Choice | None:
    """One that is not among the choices: a condition without arguments, or a name that was offered."""
    name = code.removeprefix("c")
    if name in CONDITIONS and not list_fields(name):
        return Choice(code, name, "")
    offered = [choice for name in CONDITIONS for choice in await list_named(uow, name, MOST_OFFERED)]
    return next((choice for choice in offered if choice.code == code), None)


async def add_written(uow: UnitOfWork, plan: Plan, name: str, filled: str) -> Plan:
    """The plan with a condition more, filled in by somebody; raises Refused for what cannot be asked, or names nothing."""
    condition = read_filled(name, filled)
    await load_checked(uow.conn, uow.account_id, read_tree(condition))
    parts = _parts(plan)
    return plan if condition in parts else _with(plan, [*parts, condition])


def _with(plan: Plan, parts: list[Any]) -> Plan:
    return plan.model_copy(update={"audience": {"all": parts} if parts else None})


def _parts(plan: Plan) -> list[Any]:
    """The conditions that all have to hold."""
    match plan.audience:
        case None:
            return []
        case {"all": list(parts)}:
            return list(parts)
        case list(parts):
            return list(parts)
    return [plan.audience]
