"""A flow changed step by step: what an author does to a draft, whatever they do it with; each gives a new flow."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, dump_flow, parse_flow, ways_of

Document = Mapping[str, Any]
_NUMBERED = re.compile(r"_\d+$")


class StepNotFound(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """The flow has no step of that key, or the step no such message."""

    def __init__(self, what: str) -> None:
        super().__init__(ErrorKind.NOT_FOUND, "MESSAGE_NOT_FOUND", what)


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
    kept = {name: change for name, change in changes.items() if name not in {"kind", "slug", "steps"}}
    return parse_flow(_changed(dump_flow(flow), kept))


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
