"""Whom a draft is for, chosen by buttons: what the account has ready to be ticked, joined by `all`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from core.db.session import UnitOfWork
from services.delivery import speech
from services.delivery.speech import Words
from services.messaging.broadcast_plan import Plan
from services.people.conditions.known_names import list_known
from services.people.segments import list_names

MOST_SEGMENTS = 10
MOST_NAMES = 8  # of each condition
NAMED = ("has_paid", "finished", "tag")  # conditions that are ticked by what they can name


@dataclass(frozen=True)
class Choice:
    """Something to tick: by which name a button knows it, what it asks, how it is called; one of a `group` at a time."""

    code: str
    condition: Any
    label: Words
    group: str = ""


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
    named = [choice for condition in NAMED for choice in await _list_named(uow, condition)]
    return [*ready, *named, *segments]


async def _list_named(uow: UnitOfWork, condition: str) -> list[Choice]:
    """What a condition can name, called as people do; two that are called alike have their codes beside that."""
    known = await list_known(uow.conn, uow.account_id, condition, MOST_NAMES)
    titles = list(known.values())
    choices = []
    for name, title in known.items():
        label = speech.content(title)
        if titles.count(title) > 1:
            label = speech.words("audience-alike", name=label, code=name)
        label = speech.words(f"audience-{condition}", name=label)
        choices.append(Choice(_code(condition, name), {condition: name}, label))
    return choices


def _code(condition: str, name: str) -> str:
    """Short enough for a button, and of this name also when others have come."""
    return f"n{crc32(f'{condition}:{name}'.encode()):x}"


def list_ticked(plan: Plan, choices: Sequence[Choice]) -> Sequence[Choice]:
    """Those that the plan asks for."""
    parts = _parts(plan)
    return [one for one in choices if one.condition in parts]


def count_other(plan: Plan, choices: Sequence[Choice]) -> int:
    """How many conditions it has beside those, from its file."""
    ready = [one.condition for one in choices]
    return sum(one not in ready for one in _parts(plan))


async def tick(uow: UnitOfWork, plan: Plan, code: str) -> Plan:
    """The plan with a choice ticked, or ticked no more; `all` is everybody."""
    choices = await list_choices(uow)
    chosen = next((one for one in choices if one.code == code), None)
    if chosen is None:
        return plan.model_copy(update={"audience": None})
    parts = _parts(plan)
    if chosen.condition in parts:
        left = [one for one in parts if one != chosen.condition]
    else:
        rivals = [one.condition for one in choices if one.group == chosen.group and one.group]
        left = [*(one for one in parts if one not in rivals), chosen.condition]
    return plan.model_copy(update={"audience": {"all": left} if left else None})


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
