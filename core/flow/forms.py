"""What a form needs to know to edit a step of any type, taken from the steps themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, get_args

from core.flow.steps import Step
from core.flow.steps.base import BaseStep

INTERVAL_FORMAT = "1d:2h:30m"  # as `core/flow/steps/base.py` says of a wait
OWN = frozenset({"key", "type"})
_BY_TYPE = {"boolean": "switch", "integer": "number", "number": "number", "array": "list", "string": "line"}


class StepGroup(StrEnum):
    """What a step is for; a list of the types shows those of one group together."""

    SAYS = "says"
    ASKS = "asks"
    LEADS = "leads"
    DOES = "does"


_GROUPS = {
    StepGroup.SAYS: ("lesson", "message", "audio", "section", "end"),
    StepGroup.ASKS: ("question", "quiz", "multi_choice", "input", "assignment", "dialog", "test", "revision"),
    StepGroup.LEADS: ("delay", "branch", "jump", "subscribe"),
}
"""Those of the first three, in the order in which they are shown; all others do something."""


@dataclass(frozen=True)
class FieldForm:
    """A field: with what it is edited (`text`, `step`, `interval`, `choice`, …), and whether a step needs it."""

    name: str
    widget: str
    required: bool


@dataclass(frozen=True)
class StepForm:
    """A type of steps: its fields in their order, and the JSON Schema of a whole step."""

    type: str
    group: StepGroup
    fields: tuple[FieldForm, ...]
    schema: Mapping[str, Any]


def list_forms() -> list[StepForm]:
    """One for each type there is, group by group."""
    order = {kind: place for place, kind in enumerate(chain(*_GROUPS.values()))}
    forms = [_form_of(kind) for kind in get_args(get_args(Step)[0])]
    return sorted(forms, key=lambda form: order.get(form.type, len(order)))


def list_names() -> frozenset[str]:
    """Every name a field of any step has, within lists and groups too."""
    return frozenset(name for form in list_forms() for name in names_within(form.schema))


def names_within(schema: object) -> Iterator[str]:
    """The names of all fields that a schema tells of."""
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from names_within(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from names_within(inner)


def _form_of(kind: type[BaseStep]) -> StepForm:
    schema = kind.model_json_schema()
    needed = set(schema.get("required", ()))
    fields = tuple(
        FieldForm(name, _widget_of(name, field, schema), name in needed)
        for name, field in schema["properties"].items()
        if name not in OWN
    )
    name = str(kind.model_fields["type"].default)
    group = next((group for group, names in _GROUPS.items() if name in names), StepGroup.DOES)
    return StepForm(name, group, fields, schema)


def _widget_of(name: str, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """With what a field is edited; `group` for what has fields of its own."""
    if name.endswith("goto") or name == "else":
        return "step"
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = _follow(kinds[0], whole)
    if kind.get("format") == INTERVAL_FORMAT:
        return "interval"
    if "enum" in kind or "const" in kind:
        return "choice"
    if kind.get("type") == "object" and kind.get("additionalProperties") == {"type": "string"}:
        return "text"
    return _BY_TYPE.get(str(kind.get("type")), "group")


def _follow(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference leads to."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    target: Mapping[str, Any] = whole.get("$defs", {}).get(name, schema)
    return target
