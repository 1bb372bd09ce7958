"""A table as a course: a row is an element, a column is a field, or a place inside one (`answers.1.text`, `text.ru`)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from core.flow.definition import Flow
from core.text.refusal import words
from services.content.importing.elements import TYPES, Element, fields_of, find_type
from services.content.importing.formats.courses import (
    Reading,
    build_flow,
    fit_mapped_element,
    fit_own_element,
    fit_type,
    name_head,
    read_head,
)
from services.content.importing.nodes import Entries, Items, Node, Scalar, scalar
from services.content.importing.report import Why

MOST_ROWS = 20_000
MOST_COLUMNS = 1_000
MOST_INDEX = 200  # of a list's item in a column's name
MOST_PARTS = 12  # of a column's name
Row = Sequence[Any]
Path = tuple[str | int, ...]

_NUMBERED = {
    "answer": ("answers", "text"),
    "correct": ("answers", "correct"),
    "feedback": ("answers", "feedback"),
    "option": ("options", "text"),
    "goto": ("options", "goto"),
    "wait": ("options", "wait"),
    "wait_text": ("options", "wait_text"),
}
"""Columns `answer 1`, `correct 1` and so on: the list and the field of its item."""
_NAMES = {
    "key": "id",
    "element_id": "id",
    "тип": "type",
    "текст": "text",
    "кнопка": "button",
    "медиа": "media",
    "ответы": "answers",
    "ответ": "answer",
    "верно": "correct",
    "отзыв": "feedback",
    "варианты": "options",
    "вариант": "option",
    "переход": "goto",
    "ждать": "wait",
    "префикс": "prefix",
}
_FIELDS = frozenset({"id", "type", "correct"}).union(*(fields_of(kind) for kind in TYPES))
_BOOLEANS = frozenset({"correct", "link_preview", "protect", "stamp", "auto_start", "voice_response", "stop"})
_YES, _NO = frozenset({"да", "+", "x", "х", "v", "✓", "✔", "✅"}), frozenset({"нет", "-", "✗", "❌"})
_NUMBER = re.compile(r"(?P<name>\w*?[^\W\d])[ _]?(?P<number>\d+)")


def read_table(rows: Iterable[Row], head: Entries | None, slug: str, reading: Reading) -> Flow | None:
    """The course of a table whose first row names the columns; None when something is wrong, which is noted.

    `head` is what the course is called; a table without one is nothing but elements, written as in a course by element types.
    """
    numbered = enumerate(rows, start=1)
    columns = _read_columns(next(numbered, (1, ()))[1], reading)
    if ("id",) not in columns.values() or ("type",) not in columns.values():
        reading.notes.error(1, Why.NO_COLUMNS)
        return None
    elements: list[Element | None] = []
    for number, row in numbered:
        if number > MOST_ROWS:
            reading.notes.error(number, Why.TOO_LARGE, limit=words("limit-rows", number=MOST_ROWS))
            return None
        fields = _read_row(number, row, columns)
        if fields.entries:
            elements.append(_read_element(number, fields, reading, is_own=head is not None))
    return build_flow(read_head(head, reading) if head else name_head(slug), elements, reading)


def _read_columns(titles: Row, reading: Reading) -> dict[int, Path]:
    columns: dict[int, Path] = {}
    for place, title in enumerate(titles):
        if title is None or not str(title).strip():
            continue
        path = read_title(str(title))
        if path is None:
            reading.notes.warn(1, Why.UNKNOWN_COLUMN, column=str(title)[:60])
        elif path in columns.values():
            reading.notes.error(1, Why.COLUMN_TWICE, column=str(title)[:60])
        else:
            columns[place] = path
    return columns


def read_title(title: str) -> Path | None:
    """The place a column's title means; None for none."""
    first, *rest = title.strip().split(".")
    name = first.strip().lower()
    name = _NAMES.get(name, name)
    if name == "score":
        return _read_band(rest)
    inner = _read_path(rest)
    if inner is None:
        return None
    if name in _FIELDS:
        return (name, *inner)
    numbered = _NUMBER.fullmatch(name)
    if numbered is None or not 1 <= int(numbered["number"][:4]) <= MOST_INDEX:
        return None
    plain = _NAMES.get(numbered["name"], numbered["name"])
    if plain in _NUMBERED:
        listed, field = _NUMBERED[plain]
        return (listed, int(numbered["number"]), field, *inner)
    return ("media", int(numbered["number"]), *inner) if plain == "media" else None


def _read_path(parts: Sequence[str]) -> Path | None:
    """Names and the numbers of list items, from 1; None for what is deeper or longer than any course."""
    if len(parts) > MOST_PARTS:
        return None
    path = tuple(int(part[:9]) if part.isdecimal() else part.strip() for part in parts)
    return None if any(isinstance(part, int) and not 1 <= part <= MOST_INDEX for part in path) else path


def _read_band(parts: Sequence[str]) -> Path | None:
    """`score.20`, `score.20.5` and `score.100.ru`: a number with its point, then perhaps a language."""
    language = parts[-1:] if parts and not parts[-1].strip().isdecimal() else []
    percent = ".".join(parts[: len(parts) - len(language)])
    return ("score", *([percent] if percent else []), *language)


def _read_row(number: int, row: Row, columns: Mapping[int, Path]) -> Entries:
    tree: dict[Any, Any] = {}
    for place, path in columns.items():
        cell = read_cell(number, row[place], path) if place < len(row) else None
        if cell is not None:
            _plant(tree, path, cell)
    fields = _grow(number, tree)
    assert isinstance(fields, Entries)  # noqa: S101 - columns begin with a name
    return fields


def _plant(tree: dict[Any, Any], path: Path, node: Node) -> None:
    """Put a node at its place; what stands on the way already is kept, and a plain cell wins over its parts."""
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree[path[-1]] = node


def _grow(number: int, tree: dict[Any, Any]) -> Node:
    """A tree of plain maps as nodes: a map whose keys are numbers is a list."""
    grown = {
        key: _grow(number, branch) if isinstance(branch, dict) else branch for key, branch in tree.items()
    }
    if grown and all(isinstance(key, int) for key in grown):
        return Items(number, tuple(grown[key] for key in sorted(grown)))
    names = {str(key): branch for key, branch in grown.items()}
    return Entries(number, names, dict.fromkeys(names, number))


def read_cell(number: int, value: Any, path: Path) -> Node | None:
    """A cell as a node; None for an empty one."""
    meant = simplify(value)
    text = ("yes" if meant else "no") if isinstance(meant, bool) else str(meant if meant is not None else "")
    if not text.strip():
        return None
    if path[-1] in _BOOLEANS:
        word = text.strip().lower()
        text = "yes" if word in _YES else "no" if word in _NO else text.strip()
    if len(path) == 1 and path[0] in _LISTS:
        return _LISTS[path[0]](number, text)
    return Scalar(number, text, meant)


def simplify(value: Any) -> Any:
    """What a program for tables made of a text, as somebody writes it."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case time():
            return value.isoformat("minutes")
        case bool() | int() | float() | str() | None:
            return value
    return str(value)


def _read_lines(number: int, text: str) -> Items:
    return Items(number, tuple(scalar(number, line.strip()) for line in text.splitlines() if line.strip()))


def _read_words(number: int, text: str) -> Node:
    words = [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]
    return (
        scalar(number, "all")
        if words == ["all"]
        else Items(number, tuple(scalar(number, word) for word in words))
    )


def _read_answers(number: int, text: str) -> Items:
    """A line an answer, the right ones after `+`; behind `|` stands the feedback."""
    return Items(
        number, tuple(_read_answer(number, line.strip()) for line in text.splitlines() if line.strip())
    )


def _read_answer(number: int, line: str) -> Entries:
    is_right = line.startswith(("+", "✓", "✅"))
    words, _, feedback = (line[1:] if is_right else line).partition("|")
    parts = {"text": words.strip(), "feedback": feedback.strip(), "correct": "yes" if is_right else ""}
    return _map(number, parts)


def _read_options(number: int, text: str) -> Items:
    """A line an option; behind `|` stands where it goes."""
    lines = (line.partition("|") for line in text.splitlines() if line.strip())
    parts = ({"text": words.strip(), "goto": goto.strip()} for words, _, goto in lines)
    return Items(number, tuple(_map(number, part) for part in parts))


def _read_bands(number: int, text: str) -> Entries:
    """A line a band: `20: text`."""
    lines = (line.partition(":") for line in text.splitlines() if line.strip())
    return _map(number, {percent.strip(): words.strip() for percent, _, words in lines})


def _map(number: int, parts: Mapping[str, str]) -> Entries:
    nodes = {name: scalar(number, text) for name, text in parts.items() if text}
    return Entries(number, nodes, dict.fromkeys(nodes, number))


_LISTS = {
    "media": _read_lines,
    "accepts": _read_words,
    "tariffs": _read_words,
    "answers": _read_answers,
    "options": _read_options,
    "score": _read_bands,
}
"""Fields that a single cell may hold whole."""


def _read_element(number: int, fields: Entries, reading: Reading, *, is_own: bool) -> Element | None:
    key = (fields.text("id") or "").strip()
    if not key:
        reading.notes.error(number, Why.MISSING, element="", field="id")
        return None
    fields = fit_type(_mark_right(number, fields))
    kind = find_type(key, number, fields, reading.notes)
    if kind is None:
        return None
    element = Element(key, number, kind, fields.without("id", "type"))
    return fit_own_element(element, reading) if is_own else fit_mapped_element(element, reading, strict=True)


def _mark_right(number: int, fields: Entries) -> Entries:
    """The answers with those marked right whose numbers the column `correct` has."""
    right, answers = fields.text("correct"), fields.entries.get("answers")
    numbers = set(re.findall(r"\d+", right or ""))
    if right is None or not isinstance(answers, Items):
        return fields
    marked = (
        answer.put("correct", scalar(number, "yes"))
        if isinstance(answer, Entries) and str(place) in numbers
        else answer
        for place, answer in enumerate(answers.items, start=1)
    )
    return fields.without("correct").put("answers", Items(number, tuple(marked)))


def read_about(rows: Iterable[Row]) -> Entries:
    """What a sheet of names and values says of the course: `kind`, `slug`, `name.ru`, `product.price` and so on."""
    tree: dict[Any, Any] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if len(row) < 2 or row[0] is None:  # noqa: PLR2004 - a name and its value
            continue
        path = _read_path(str(row[0]).strip().lower().split("."))
        cell = read_cell(number, row[1], path) if path else None
        if path and cell is not None:
            lines.setdefault(str(path[0]), number)
            _plant(tree, path, _stripped(cell) if path[0] in {"kind", "slug"} else cell)
    grown = {
        name: _grow(lines[name], value) if isinstance(value, dict) else value
        for name, value in ((str(key), value) for key, value in tree.items())
    }
    return Entries(1, grown, lines)


def _stripped(node: Node) -> Node:
    return scalar(node.line, node.text.strip()) if isinstance(node, Scalar) else node
