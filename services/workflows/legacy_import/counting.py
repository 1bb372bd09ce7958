"""What stands in the older bot's files, counted from the bare JSON: nothing here knows how the reader understands it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NEVER = "0001-"  # how Go writes a moment that has not been
_PERSON = re.compile(r"[1-9]\d{0,15}")


@dataclass
class Facts:
    """Telegram ids: everybody, who paid whatever way, who has any place, who has any time; who was not written to."""

    people: set[int] = field(default_factory=set)
    paid: set[int] = field(default_factory=set)
    placed: set[int] = field(default_factory=set)
    timed: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)


def count_facts(root: Path) -> Facts:
    """Count a folder, which has `users.json`; what is no JSON counts nothing."""
    facts = Facts()
    users = _load(root / "users.json")
    for key, user in users.items() if isinstance(users, dict) else ():
        if _PERSON.fullmatch(key) and isinstance(user, dict):
            _count(facts, int(key), user)
    facts.timed = set(_timed(root))
    return facts


def _count(facts: Facts, person: int, user: Mapping[str, Any]) -> None:
    given_user = user.get("scenarios")
    scenarios = (
        [state for state in given_user.values() if isinstance(state, dict)]
        if isinstance(given_user, dict)
        else []
    )
    facts.people.add(person)
    if any(_is_moment(state.get("payment_date")) for state in (user, *scenarios)):
        facts.paid.add(person)
    begun = any(scenario.get("status") not in {None, "not_started"} for scenario in scenarios)
    if begun or user.get("messages_list"):
        facts.placed.add(person)
    if user.get("is_messaging") is False:
        facts.silent.add(person)


def _timed(root: Path) -> Iterator[int]:
    for path in (root / "schedule_backup.json", *(root / "schedules").glob("*.json")):
        document = _load(path)
        if _PERSON.fullmatch(path.stem):
            yield int(path.stem)
        elif isinstance(document, dict):
            yield from (int(key) for key in document if _PERSON.fullmatch(key))
        elif isinstance(document, list):
            for entry in document:
                ids = (
                    [str(entry.get(name)) for name in ("ChatID", "chat_id", "user_id")]
                    if isinstance(entry, dict)
                    else []
                )
                yield from (int(key) for key in ids if _PERSON.fullmatch(key))


def _is_moment(value: Any) -> bool:
    return bool(value) and not str(value).startswith(NEVER)


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
