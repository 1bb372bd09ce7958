"""What an author would rather know before their people do: ways that lead nowhere, steps nobody reaches, texts that lack."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.flow.checks import check_flow
from core.flow.definition import Flow, dump_flow
from core.flow.pacing import next_steps
from core.flow.steps.base import SpokenStep
from core.flow.steps.choosing import ChoosingStep
from core.text.message import ANY_LANGUAGE, MAX_TEXT, shown_length
from core.text.template import BUILT_IN, find_variables

MOST_SHOWN = 40  # letters of a text in a remark
TYPICAL_VALUE = 30  # characters a variable is taken to have when a text is measured
OF_PRODUCT = frozenset({"scenario.product_name", "scenario.product_price", "user.payment_link"})
_LANGUAGE = re.compile(r"[a-z]{2}")
_GRAVE = frozenset({"goto", "tag"})
"""Warnings of a check that nobody means."""


class Weight(StrEnum):
    """An error keeps people from going on; a warning is worth a look; a hint says what is so."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"  # fine, if it is meant


@dataclass(frozen=True)
class Remark:
    """What was found, and at which step; the whole flow if none is named."""

    weight: Weight
    step: str
    what: str

    def __str__(self) -> str:
        place = f"{self.step}: " if self.step else ""
        return f"{self.weight}: {place}{self.what}"


def inspect(
    flow: Flow,
    has_file: Callable[[str], bool] = lambda _: True,
    variables: Collection[str] = BUILT_IN,
) -> list[Remark]:
    """Everything there is to say about a flow; `has_file` tells whether a medium is there."""
    return [
        *_problems(flow, variables),
        *_unreached(flow),
        *_lacking_languages(flow),
        *_twins(flow),
        *_without_product(flow),
        *_long_texts(flow),
        *_files(flow, has_file),
        *_endless_waits(flow),
    ]


def _problems(flow: Flow, variables: Collection[str]) -> Iterator[Remark]:
    for problem in check_flow(flow, variables):
        place, _, rest = problem.path.removeprefix("steps.").partition(".")
        step = flow.steps[int(place)].key if place.isdecimal() else ""
        weight = Weight.WARNING if problem.warning and problem.code not in _GRAVE else Weight.ERROR
        yield Remark(weight, step, f"{rest}: {problem.text}" if rest else problem.text)


def _unreached(flow: Flow) -> Iterator[Remark]:
    first = flow.first
    seen: set[str] = set()
    ahead = [first.key] if first else []
    while ahead:
        key = ahead.pop()
        step = flow.step(key)
        if step is not None and key not in seen:
            seen.add(key)
            ahead += next_steps(flow, step)
    for step in flow.steps:
        if step.key not in seen:
            yield Remark(Weight.WARNING, step.key, "nobody reaches this step")


def _lacking_languages(flow: Flow) -> Iterator[Remark]:
    texts = list(_texts(flow))
    spoken = {language for _, text in texts for language in text} - {ANY_LANGUAGE}
    for step, text in texts:
        lacking = spoken - text.keys()
        if ANY_LANGUAGE not in text and lacking:
            yield Remark(
                Weight.WARNING, step, f"a text is missing in {', '.join(sorted(lacking))}: “{_begin(text)}”"
            )


def _twins(flow: Flow) -> Iterator[Remark]:
    for step in flow.steps:
        if isinstance(step, ChoosingStep):
            texts = [str(sorted(option.text.items())) for option in step.list_options()]
            if len(set(texts)) < len(texts):
                yield Remark(Weight.WARNING, step.key, "two of its buttons look the same")


def _without_product(flow: Flow) -> Iterator[Remark]:
    if flow.product is not None:
        return
    for step, _, value in _values(flow):
        for variable in find_variables(value):
            if str(variable) in OF_PRODUCT:
                yield Remark(
                    Weight.ERROR, step, f"{{{{{variable}}}}} is always empty: the scenario has no `product`"
                )


def _long_texts(flow: Flow) -> Iterator[Remark]:
    for step, _, text in _values(flow):
        likely = shown_length(text) + TYPICAL_VALUE * len(find_variables(text))
        if likely > MAX_TEXT >= shown_length(text):
            yield Remark(Weight.WARNING, step, "with its variables filled in a text may be cut off")


def _files(flow: Flow, has_file: Callable[[str], bool]) -> Iterator[Remark]:
    for step, name, value in _values(flow):
        if name == "ref" and "://" not in value and not has_file(value):
            yield Remark(Weight.ERROR, step, f"the file {value} is not there")


def _endless_waits(flow: Flow) -> Iterator[Remark]:
    """The steps that wait for them for ever; a course may mean that, a funnel hardly."""
    steps = [
        step.key for step in flow.steps if isinstance(step, SpokenStep) and not step.timeout and _asks(step)
    ]
    if steps:
        yield Remark(
            Weight.HINT, "", f"without a `timeout` these wait until somebody acts: {', '.join(steps)}"
        )


def _asks(step: SpokenStep) -> bool:
    """Whether a step waits for an act of theirs when it is entered."""
    if isinstance(step, ChoosingStep):
        return bool(step.list_options())
    return step.expects({}) is not None


def _texts(flow: Flow) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text of a flow by language, with its step."""
    for step in flow.steps:
        for value in _localized(step.model_dump()):
            yield step.key, value


def _localized(value: Any) -> Iterator[Mapping[str, str]]:
    if isinstance(value, Mapping):
        if value and all(_is_language(name) and isinstance(text, str) for name, text in value.items()):
            yield value
            return
        for text in value.values():
            yield from _localized(text)
    elif isinstance(value, list | tuple):
        for text in value:
            yield from _localized(text)


def _is_language(name: Any) -> bool:
    return name == ANY_LANGUAGE or (isinstance(name, str) and _LANGUAGE.fullmatch(name) is not None)


def _values(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """Every plain value of a flow: (step, the field's name, value)."""
    for step in dump_flow(flow)["steps"]:
        yield from ((step["key"], name, value) for name, value in _plain(step))


def _plain(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, inside in value.items():
            yield from _plain(inside, inner)
    elif isinstance(value, list):
        for inside in value:
            yield from _plain(inside, name)
    elif isinstance(value, str):
        yield name, value


def _begin(each_text: Mapping[str, str]) -> str:
    text = next(iter(each_text.values()))
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
