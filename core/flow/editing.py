"""A flow changed step by step: what an author does to a draft, whatever they do it with; each gives a new flow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, Problem, dump_flow, parse_flow, ways_of
from core.flow.steps import Step
from core.text.refusal import InputRefused, Words, words

Document = Mapping[str, Any]
FIRST = ""
"""The place before all steps, where the key of a step would say behind which one."""
_NUMBERED = re.compile(r"_\d+$")
_PLACED = re.compile(r"steps\.(\d+)")
_STEP: TypeAdapter[Any] = TypeAdapter(Step)
_NO_KIND = frozenset({"union_tag_invalid", "union_tag_not_found"})
_OWN = frozenset({"kind", "slug", "steps"})  # of a flow's head, what no operation changes


class StepNotFound(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """The flow has no step of that key, or the step no such message."""

    def __init__(self, what: str) -> None:
        super().__init__(ErrorKind.NOT_FOUND, "MESSAGE_NOT_FOUND", what)


class OperationKind(StrEnum):
    """What an operation does with a step."""

    INSERT = "insert"
    SET = "set"
    MOVE = "move"
    REMOVE = "remove"


@dataclass(frozen=True)
class Operation:
    """One change of a flow by the key of a step; `set` without a key is about what stands above the steps.

    `after` None: at the end, FIRST: before all. `path` names a field, and fields within it; lists are set whole, so
    that no change means another entry than its author saw. A `value` of None takes the field away.
    """

    kind: OperationKind
    key: str | None = None
    after: str | None = None
    path: tuple[str, ...] = ()
    value: Any = None
    step: Document | None = None


class OperationRefused(InputRefused):
    """One of several operations cannot be done, so none was; `field` is the one of it that is wrong."""

    def __init__(self, field: str, key: str, **values: Any) -> None:
        super().__init__("OPERATION_REFUSED", words(key, **values))
        self.field = field
        self.number = 0

    def list_places(self) -> list[tuple[str, Words]]:
        """At which operation."""
        return [(f"ops.{self.number}.{self.field}", self.words)]


def new_key(flow: Flow, prefix: str) -> str:
    """A key that no step has: `message_3` for the third, or the next that is free."""
    taken = {step.key for step in flow.steps}
    number = sum(key.startswith(f"{prefix}_") for key in taken) + 1
    while f"{prefix}_{number}" in taken:
        number += 1
    return f"{prefix}_{number}"


def key_beside(flow: Flow, key: str) -> str:
    """A key for what belongs to a step, with its name: `message_3_2`."""
    return new_key(flow, key if len(key) < 60 else _NUMBERED.sub("", key)[:56])  # noqa: PLR2004 - a key has 64


def add_step(flow: Flow, step: Document, after: str | None = None) -> Flow:
    """The flow with one step more, at the end or behind another; raises FlowInvalid, StepNotFound."""
    return add_steps(flow, [step], after)


def add_steps(flow: Flow, steps: Sequence[Document], after: str | None = None) -> Flow:
    """The flow with these steps more, in their order, at the end or behind another."""
    document = dump_flow(flow)
    place = len(flow.steps) if after is None else _place(flow, after) + 1
    document["steps"][place:place] = [dict(step) for step in steps]
    return parse_flow(document)


def put_before(flow: Flow, step: Document, key: str) -> Flow:
    """The flow with one step more, in front of another."""
    document = dump_flow(flow)
    document["steps"].insert(_place(flow, key), dict(step))
    return parse_flow(document)


def change_step(flow: Flow, key: str, changes: Document) -> Flow:
    """The flow with some fields of a step changed; None takes a field away. Raises FlowInvalid, StepNotFound."""
    document = dump_flow(flow)
    place = _place(flow, key)
    document["steps"][place] = _changed(document["steps"][place], changes)
    return parse_flow(document)


def move_step(flow: Flow, key: str, before: str | None) -> Flow:
    """The flow with a step in front of another, or at the end."""
    steps = dump_flow(flow)["steps"]
    moved = steps.pop(_place(flow, key))
    place = len(steps) if before is None else [step["key"] for step in steps].index(_known(flow, before))
    steps.insert(place, moved)
    return parse_flow({**dump_flow(flow), "steps": steps})


def drop_step(flow: Flow, key: str) -> Flow:
    """The flow without a step; who would have gone there by a button goes on in order."""
    document = dump_flow(flow)
    del document["steps"][_place(flow, key)]
    return parse_flow(document)


def list_leading_to(flow: Flow, key: str) -> tuple[str, ...]:
    """The steps that may go to a step out of order."""
    return tuple(step.key for step in flow.steps if key in ways_of(step))


def add_message(flow: Flow, key: str, message: Document, place: int | None = None) -> Flow:
    """The flow with one message more in a lesson."""
    messages = _messages(flow, key)
    messages.insert(len(messages) if place is None else place, dict(message))
    return change_step(flow, key, {"messages": messages})


def change_message(flow: Flow, key: str, place: int, changes: Document) -> Flow:
    """The flow with some fields of a lesson's message changed; None takes a field away."""
    messages = _messages(flow, key)
    if not 0 <= place < len(messages):
        raise StepNotFound(f"{key}, message {place + 1}")
    messages[place] = _changed(messages[place], changes)
    return change_step(flow, key, {"messages": messages})


def drop_message(flow: Flow, key: str, place: int) -> Flow:
    """The flow without a message of a lesson; the last one stays, for a lesson says something."""
    messages = _messages(flow, key)
    if not 0 <= place < len(messages):
        raise StepNotFound(f"{key}, message {place + 1}")
    del messages[place]
    return change_step(flow, key, {"messages": messages})


def change_head(flow: Flow, changes: Document) -> Flow:
    """The flow with some of what stands above its steps changed; None takes it away. Its kind and slug stay."""
    allowed = {name: change for name, change in changes.items() if name not in {"kind", "slug", "steps"}}
    return parse_flow(_changed(dump_flow(flow), allowed))


def apply_operations(document: Document, operations: Sequence[Operation]) -> dict[str, Any]:
    """The document after all of them, one after the other; raises OperationRefused.

    A step may still lack what it has to say: an author's words are kept as they are, only publishing needs a whole
    flow. What stands above the steps stays whole; FlowInvalid says what is wrong with it.
    """
    changed = dict(document)
    for number, operation in enumerate(operations):
        try:
            changed = _ACTS[operation.kind](changed, operation)
        except OperationRefused as refused:
            refused.number = number
            raise
    parse_flow({**changed, "steps": ()})
    return changed


def name_places(document: Document, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The same problems, their places by the keys of the steps: `steps.2.text` as `steps.intro.text`."""
    return tuple(replace(problem, path=_by_key(document, problem.path)) for problem in problems)


def _by_key(document: Document, path: str) -> str:
    return _PLACED.sub(
        lambda match: f"steps.{document['steps'][int(match[1])].get('key', match[1])}", path, 1
    )


def _insert(document: Document, wanted: Operation) -> dict[str, Any]:
    step = dict(wanted.step or {})
    key = step.setdefault("key", wanted.key)
    if not isinstance(key, str) or wanted.key not in {None, key}:
        raise OperationRefused("key", "refused-op-key")
    if any(known["key"] == key for known in document["steps"]):
        raise OperationRefused("key", "refused-op-taken", step=key)
    _check_kind(step, "step")
    return {**document, **_put(document["steps"], step, wanted.after)}


def _move(document: Document, wanted: Operation) -> dict[str, Any]:
    steps = list(document["steps"])
    moved = steps.pop(_find(steps, wanted.key, "key"))
    return {**document, **_put(steps, moved, wanted.after)}


def _remove(document: Document, wanted: Operation) -> dict[str, Any]:
    steps = list(document["steps"])
    del steps[_find(steps, wanted.key, "key")]
    return {**document, "steps": steps}


def _set(document: Document, wanted: Operation) -> dict[str, Any]:
    if wanted.key is None:
        if not wanted.path or wanted.path[0] in _OWN:
            raise OperationRefused("path", "refused-op-path", path=".".join(wanted.path))
        return _within(document, wanted.path, wanted.value)
    steps = list(document["steps"])
    place = _find(steps, wanted.key, "key")
    if wanted.path == ():
        if not isinstance(wanted.value, Mapping) or wanted.value.get("key", wanted.key) != wanted.key:
            raise OperationRefused("value", "refused-op-step")
        steps[place] = {"key": wanted.key, **wanted.value}
        _check_kind(steps[place], "value")
    elif wanted.path[0] == "key":
        raise OperationRefused("path", "refused-op-path", path="key")
    else:
        steps[place] = _within(steps[place], wanted.path, wanted.value)
        _check_kind(steps[place], "path")
    return {**document, "steps": steps}


def _check_kind(step: Document, field: str) -> None:
    """A step may be unfinished; of what kind it is, and what it is called, is known from its first moment."""
    try:
        _STEP.validate_python(step)
    except ValidationError as error:
        for problem in error.errors():
            if problem["type"] in _NO_KIND or problem["loc"][1:] == ("key",):
                raise OperationRefused(field, "refused-op-kind") from error


def _within(document: Document, path: Sequence[str], value: Any) -> dict[str, Any]:
    """The document with one field of it, or a field within that, changed."""
    name, *inner = path
    if inner:
        outer = document.get(name, {})
        if not isinstance(outer, Mapping):
            raise OperationRefused("path", "refused-op-path", path=name)
        value = _within(outer, inner, value)
    return _changed(document, {name: value})


def _put(steps: Sequence[Any], step: Document, after: str | None) -> dict[str, Any]:
    ends = {None: len(steps), FIRST: 0}
    place = ends[after] if after in ends else _find(steps, after, "after") + 1
    return {"steps": [*steps[:place], step, *steps[place:]]}


def _find(steps: Sequence[Document], key: str | None, field: str) -> int:
    for place, step in enumerate(steps):
        if step["key"] == key:
            return place
    raise OperationRefused(field, "refused-op-no-step", step=key or "")


_ACTS = {
    OperationKind.INSERT: _insert,
    OperationKind.SET: _set,
    OperationKind.MOVE: _move,
    OperationKind.REMOVE: _remove,
}


def _messages(flow: Flow, key: str) -> list[Any]:
    messages = dump_flow(flow)["steps"][_place(flow, key)].get("messages")
    if messages is None:
        raise StepNotFound(f"{key} has no messages of its own")
    return list(messages)


def _changed(document: Document, changes: Document) -> dict[str, Any]:
    merged = {**document, **changes}
    return {name: field for name, field in merged.items() if field is not None}


def _place(flow: Flow, key: str) -> int:
    return flow.place(_known(flow, key))


def _known(flow: Flow, key: str) -> str:
    if flow.step(key) is None:
        raise StepNotFound(key)
    return key
