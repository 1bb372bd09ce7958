"""How a condition is asked for in words: what it is called, what is to be filled in, and a line somebody wrote."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.delivery import speech
from services.delivery.speech import Words
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.tree import Leaf

NOT = ("not", "не")  # begins a line about those for whom it does not hold
_PAIR = re.compile(r"(?P<name>[a-z_]+)\s*[:= ]\s*(?P<value>.+)", re.DOTALL)


def list_fields(name: str) -> tuple[str, ...]:
    """What a condition is asked with, in the order in which it is said; nothing for one that is only ticked."""
    return tuple(CONDITIONS[name].params.model_fields)


def read_line(line: str) -> Any:
    """What a line asks: `has_not_paid`, `tag: warm`, `not language: ru`, `progress: course words, at_least 2`."""
    first, _, rest = line.strip().partition(" ")
    if first.casefold() in NOT and rest:
        return {"not": read_line(rest)}
    name, _, filled = line.partition(":")
    return read_filled(name.strip(), filled)


def read_filled(name: str, filled: str) -> Any:
    """A condition with what somebody wrote behind it: its main argument, or several by their names."""
    if not filled.strip():
        return name
    pairs = dict(_read_pairs(name, filled))
    return {name: pairs or filled.strip()}


def _read_pairs(name: str, filled: str) -> Iterator[tuple[str, str]]:
    """Nothing unless every part names what it is: the main argument may have commas and spaces of its own."""
    fields = list_fields(name) if name in CONDITIONS else ()
    pairs = [_PAIR.fullmatch(part.strip()) for part in filled.split(",")]
    named = [pair.groupdict() for pair in pairs if pair and pair["name"] in (*fields, "equals")]
    if len(named) == len(pairs):
        yield from ((pair["name"], pair["value"].strip()) for pair in named)


def say_condition(name: str) -> Words:
    """What it is called."""
    return speech.words(f"condition-{name}")


def say_question(name: str) -> Words:
    """What is to be written for it."""
    return speech.words(f"condition-ask-{name}")


def say_leaf(leaf: Leaf) -> Words:
    """A condition with what it asks."""
    asked: Mapping[str, Any] = leaf.params.model_dump(mode="json", exclude_none=True)
    if not asked:
        return say_condition(leaf.name)
    alone = set(asked) == {CONDITIONS[leaf.name].main}
    said = [str(value) if alone else f"{name} {value}" for name, value in asked.items()]
    return speech.lines(say_condition(leaf.name), ", ".join(said), gap=": ")
