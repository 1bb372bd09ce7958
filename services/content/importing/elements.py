"""An element's tree as a step: what it does not know is left out with a warning, what is wrong is named with its line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from pydantic import ValidationError

from core.flow.definition import Flow, Problem
from core.flow.steps import Step
from core.flow.steps.base import BaseStep
from core.text.refusal import explain
from services.content.checks import check_all
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


@dataclass(frozen=True, slots=True)
class Together:
    """What is known of a document beside its steps: whether it is in our own form, where its head stands.

    `keys` are those of all elements, also of such that could not be read.
    """

    is_own: bool
    lines: Mapping[str, int]
    keys: Collection[str]


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
        unknown = [problem["loc"] for problem in problems if problem["type"] == "extra_forbidden"]
        if not unknown:
            for each_problem in _innermost(problems):
                _note(element, each_problem, notes)
            return None
        element = _leave_out(element, unknown, notes)


def _innermost(problems: Sequence[Any]) -> list[Any]:
    """Without those that only say that something inside them is wrong."""
    places = [problem["loc"] for problem in problems]
    return [
        problem
        for problem in problems
        if not any(
            len(place) > len(problem["loc"]) and place[: len(problem["loc"])] == problem["loc"]
            for place in places
        )
    ]


def _leave_out(element: Element, paths: Sequence[tuple[str | int, ...]], notes: Notes) -> Element:
    for path in sorted(paths, key=lambda place: find_line(element.fields, place)):
        notes.warn(find_line(element.fields, path), Why.UNKNOWN_KEY, name=str(path[-1]), element=element.key)
    fields = drop(element.fields, paths)
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
    field = ".".join(str(part) for part in _known(element.fields, path)) or element.type
    notes.error(line, why, element=element.key, field=field, **values)


def count_right(fields: Entries) -> int:
    """How many answers of a quiz say they are right."""
    answers = fields.entries.get("answers")
    items = answers.items if isinstance(answers, Items) else ()
    words = (item.text("correct") for item in items if isinstance(item, Entries))
    return sum((word or "").strip().lower() in YES for word in words)


YES = frozenset({"yes", "true", "on", "1", "y", "t"})


def _known(fields: Entries, path: Sequence[str | int]) -> Sequence[str | int]:
    """The part of a path that somebody who reads the file finds there, and one step beyond."""
    for length in range(1, len(path) + 1):
        if not isinstance(find_node(fields, path[:length]), Entries | Items):
            return path[:length]
    return path


def _explain(problem: Mapping[str, Any]) -> tuple[Why, dict[str, Any]]:
    entered = str(problem["input"])[:60] if isinstance(problem["input"], str | int | float) else ""
    match problem["type"]:
        case "missing":
            return Why.MISSING, {}
        case "bool_parsing" | "bool_type":
            return Why.NO_BOOLEAN, {"given": entered}
        case "int_parsing" | "float_parsing" | "int_type" | "float_type" | "int_from_float":
            return Why.NO_NUMBER, {"given": entered}
        case "string_type" | "dict_type":
            return Why.NO_TEXT, {}
        case "tuple_type" | "list_type":
            return Why.NO_LIST, {}
    return Why.REFUSED, {"problem": explain(problem)}


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
    flow: Flow, elements: Sequence[Element], reading: Together, variables: Collection[str], notes: Notes
) -> None:
    """Note what is wrong between elements and in the flow as a whole; `variables` are what texts may use."""
    lost: dict[int, set[str]] = {}
    for problem in check_all(flow, variables):
        match problem.path.split("."):
            case ["steps", place, *_] if problem.code == "goto":
                if problem.detail not in reading.keys:
                    lost.setdefault(int(place), set()).add(problem.detail)
            case ["steps", place, *path]:
                _note_problem(elements[int(place)], path, problem, reading, notes)
            case [name, *_] if name != "steps" and not (problem.warning and not reading.is_own):
                values = {"element": flow.slug, "field": problem.path, "problem": problem.words}
                notes.error(reading.lines.get(name, 0), Why.REFUSED, **values)
    for number, targets in lost.items():
        note = notes.error if reading.is_own else notes.warn
        for line, target in _find_gotos(elements[number].fields, frozenset(targets)):
            note(
                line,
                Why.LOST_GOTO if reading.is_own else Why.UNKNOWN_GOTO,
                element=elements[number].key,
                target=target,
            )


def _note_problem(
    element: Element, path: Sequence[str], problem: Problem, reading: Together, notes: Notes
) -> None:
    if problem.code == "prefix" and any(key.startswith(problem.detail) for key in reading.keys):
        return  # of an element that could not be read
    line = find_line(element.fields, [int(part) if part.isdecimal() else part for part in path])
    why = _WHYS.get(problem.code, Why.REFUSED)
    is_grave = not problem.warning or (reading.is_own and problem.code == "tag")
    note = notes.error if is_grave else notes.warn
    values = {
        "field": ".".join(path),
        "problem": problem.words,
        "detail": problem.detail[:200],
        "prefix": problem.detail,
    }
    note(line if path else element.line, why, element=element.key, **values)


_WHYS = {
    "prefix": Why.NO_SUCH_PREFIX,
    "circle": Why.CIRCLE,
    "rush": Why.RUSH,
    "tag": Why.STRAY_TAG,
    "one-answer": Why.ONE_ANSWER,
    "twins": Why.SAME_ANSWERS,
}
"""What has words of its own."""


def _find_gotos(node: Node, targets: frozenset[str], name: str = "") -> list[tuple[int, str]]:
    """The places below a tree that go to one of the targets: line and target."""
    if isinstance(node, Scalar):
        return [(node.line, node.text)] if name in _GOTOS and node.text in targets else []
    inner = node.entries.items() if isinstance(node, Entries) else ((name, inside) for inside in node.items)
    return [goto for key, inside in inner for goto in _find_gotos(inside, targets, key)]
