"""An element's tree as a step: what it does not know is left out with a warning, what is wrong is named with its line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from pydantic import ValidationError

from core.flow.definition import Flow, check_flow, ways_of
from core.flow.steps import Step
from core.flow.steps.base import BaseStep
from core.flow.steps.revision import RevisionStep
from core.flow.steps.test import ResultStep
from services.content.importing.nodes import (
    Entries,
    Items,
    Node,
    Scalar,
    document_of,
    drop,
    find_line,
    find_node,
)
from services.content.importing.report import Notes, Why
from utils.plain_words import describe

MEANT = frozenset({"params", "drip"})
"""Fields read by rules of their own, which tell numbers from words; everywhere else the model knows what it wants."""
_GOTOS = frozenset({"goto", "else", "timeout_goto"})

_MODELS: Mapping[str, type[BaseStep]] = {
    model.model_fields["type"].default: model for model in get_args(get_args(Step)[0])
}
TYPES = tuple(sorted(_MODELS))


@dataclass(frozen=True, slots=True)
class Element:
    """An element as a file has it: its key, its type, and its other fields."""

    key: str
    line: int
    type: str
    fields: Entries


def fields_of(kind: str) -> frozenset[str]:
    """The fields an element of a type may have, by the names files use."""
    fields = _MODELS[kind].model_fields.items()
    return frozenset(field.alias or name for name, field in fields) - {"key", "type"}


def read_step(element: Element, notes: Notes) -> tuple[Element, Step] | None:
    """The element without what it does not know, and its step; None when it is wrong, which is noted."""
    while True:
        document = {"key": element.key, **document_of(element.fields, MEANT)}
        try:
            return element, _MODELS[element.type].model_validate(document)  # type: ignore[return-value]
        except ValidationError as error:
            problems = error.errors()
        unknown = [one["loc"] for one in problems if one["type"] == "extra_forbidden"]
        if not unknown:
            for one in _innermost(problems):
                _note(element, one, notes)
            return None
        element = _leave_out(element, unknown, notes)


def _innermost(problems: Sequence[Any]) -> list[Any]:
    """Without those that only say that something inside them is wrong."""
    places = [one["loc"] for one in problems]
    return [
        one
        for one in problems
        if not any(
            len(place) > len(one["loc"]) and place[: len(one["loc"])] == one["loc"] for place in places
        )
    ]


def _leave_out(element: Element, paths: Sequence[tuple[str | int, ...]], notes: Notes) -> Element:
    fields: Node = element.fields
    for path in sorted(paths, key=lambda one: find_line(element.fields, one)):
        notes.warn(find_line(fields, path), Why.UNKNOWN_KEY, name=str(path[-1]), element=element.key)
        fields = drop(fields, path)
    assert isinstance(fields, Entries)  # noqa: S101 - only what is inside the map has been dropped
    return replace(element, fields=fields)


def _note(element: Element, problem: Mapping[str, Any], notes: Notes) -> None:
    path = problem["loc"]
    if path == ("key",):
        notes.error(element.line, Why.BAD_KEY, name=element.key[:100])
        return
    if not path and element.type == "quiz" and (right := count_right(element.fields)) != 1:
        notes.error(element.fields.line_of("answers"), Why.QUIZ_RIGHT, element=element.key, right=right)
        return
    why, values = _explain(problem)
    is_there = bool(path) and str(path[0]) in element.fields.entries
    line = find_line(element.fields, path) if is_there else element.line
    field = ".".join(str(one) for one in _known(element.fields, path)) or element.type
    notes.error(line, why, element=element.key, field=field, **values)


def count_right(fields: Entries) -> int:
    """How many answers of a quiz say they are right."""
    answers = fields.entries.get("answers")
    given = answers.items if isinstance(answers, Items) else ()
    words = (one.text("correct") for one in given if isinstance(one, Entries))
    return sum((word or "").strip().lower() in YES for word in words)


YES = frozenset({"yes", "true", "on", "1", "y", "t"})


def _known(fields: Entries, path: Sequence[str | int]) -> Sequence[str | int]:
    """The part of a path that somebody who reads the file finds there, and one step beyond."""
    for length in range(1, len(path) + 1):
        if not isinstance(find_node(fields, path[:length]), Entries | Items):
            return path[:length]
    return path


def _explain(problem: Mapping[str, Any]) -> tuple[Why, dict[str, Any]]:
    given = str(problem["input"])[:60] if isinstance(problem["input"], str | int | float) else ""
    match problem["type"]:
        case "missing":
            return Why.MISSING, {}
        case "bool_parsing" | "bool_type":
            return Why.NO_BOOLEAN, {"given": given}
        case "int_parsing" | "float_parsing" | "int_type" | "float_type" | "int_from_float":
            return Why.NO_NUMBER, {"given": given}
        case "string_type" | "dict_type":
            return Why.NO_TEXT, {}
        case "tuple_type" | "list_type":
            return Why.NO_LIST, {}
    return Why.REFUSED, {"problem": describe(problem)}


def find_type(key: str, line: int, fields: Entries, notes: Notes) -> str | None:
    """The type of an element; None without a known one, which is noted."""
    name = fields.text("type")
    if name is None:
        notes.error(line, Why.NO_TYPE, element=key[:100])
    elif name not in _MODELS:
        notes.error(
            fields.line_of("type"), Why.UNKNOWN_TYPE, element=key, type=name[:60], types=", ".join(TYPES)
        )
    else:
        return name
    return None


def check_together(
    flow: Flow, elements: Sequence[Element], keys: Collection[str], variables: Collection[str], notes: Notes
) -> None:
    """Note what is wrong between elements: lost gotos and prefixes as warnings, broken templates as errors.

    `keys` are those of all elements, also of such that could not be read, `variables` what texts may use.
    """
    for problem in check_flow(flow, variables):
        match problem.path.split("."):
            case ["steps", place, *path] if not problem.warning:
                element = elements[int(place)]
                line = find_line(element.fields, [int(one) if one.isdecimal() else one for one in path])
                values = {"element": element.key, "field": ".".join(path), "problem": problem.text}
                notes.error(line, Why.REFUSED, **values)
    for element, step in zip(elements, flow.steps, strict=True):
        lost = frozenset(target for target in ways_of(step) if target not in keys)
        for line, target in _find_gotos(element.fields, lost):
            notes.warn(line, Why.UNKNOWN_GOTO, element=element.key, target=target)
        prefix = step.prefix if isinstance(step, ResultStep | RevisionStep) else ""
        if not any(key.startswith(prefix) for key in keys):
            line = element.fields.line_of("prefix")
            notes.warn(line, Why.NO_SUCH_PREFIX, element=element.key, prefix=prefix)


def _find_gotos(node: Node, targets: frozenset[str], name: str = "") -> list[tuple[int, str]]:
    """The places below a tree that go to one of the targets: line and target."""
    if isinstance(node, Scalar):
        return [(node.line, node.text)] if name in _GOTOS and node.text in targets else []
    inner = node.entries.items() if isinstance(node, Entries) else ((name, one) for one in node.items)
    return [found for key, one in inner for found in _find_gotos(one, targets, key)]
