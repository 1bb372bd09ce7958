"""A question bank: a table with a question a row, its answers in columns and the right one by letter, number or text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.flow.definition import Flow
from core.text.refusal import words
from services.content.importing.elements import Element
from services.content.importing.formats.courses import Reading, build_flow, name_head
from services.content.importing.formats.tables import MOST_ROWS, Row, simplify
from services.content.importing.nodes import drop_unfit
from services.content.importing.questions import Choice, Keys, Question, as_html, build_element
from services.content.importing.report import Why

_QUESTION = frozenset({"question", "question text", "вопрос", "текст вопроса"})
_RIGHT = frozenset(
    {"answer", "answers", "right answer", "right answers", "correct", "correct answer", "correct answers", "correct option", "key",
     "ответ", "верный ответ", "верные ответы", "правильный ответ", "правильные ответы", "правильный вариант", "ключ"}
)  # fmt: skip
_FEEDBACK = frozenset(
    {"feedback", "explanation", "comment", "пояснение", "объяснение", "комментарий", "отзыв"}
)
_OPTION = re.compile(
    r"(?:option|choice|variant|answer|вариант(?: ответа)?|ответ)?[ _.№#]*(?P<place>[a-hа-з]|\d{1,2})\)?",
    re.IGNORECASE,
)
_LATIN, _CYRILLIC = "abcdefgh", "абвгдежз"
_BETWEEN = re.compile(r"\s*[,;/|&+\n]\s*|\s+(?:and|и)\s+|\s+")
MOST_OPTIONS = 12


@dataclass(slots=True)
class _Columns:
    question: int
    options: dict[int, int] = field(default_factory=dict)  # place of the answer, from 0 → column
    right: int | None = None
    feedback: int | None = None


def is_bank(titles: Row) -> bool:
    """Whether a first row names the columns of a question bank."""
    return _read_titles(titles) is not None


def read_bank(rows: Iterable[Row], slug: str, reading: Reading) -> Flow | None:
    """The course of a bank: its questions in their order; None when something is wrong, which is noted."""
    numbered = enumerate(rows, start=1)
    columns = _read_titles(next(numbered, (1, ()))[1])
    if columns is None:
        reading.notes.error(1, Why.NO_COLUMNS)
        return None
    elements: list[Element | None] = []
    keys = Keys()
    for number, row in numbered:
        if number > MOST_ROWS:
            reading.notes.error(number, Why.TOO_LARGE, limit=words("limit-rows", number=MOST_ROWS))
            return None
        if any(_cell(row, place) for place in range(len(row))):
            elements.append(_read_row(number, row, columns, keys, reading))
    return build_flow(name_head(slug), elements, reading)


def _read_titles(titles: Row) -> _Columns | None:
    named: dict[str, int] = {}
    for place, title in enumerate(titles):
        name = (
            " ".join(str(title if title is not None else "").replace("_", " ").split()).casefold().strip(".:")
        )
        if name:
            named.setdefault(name, place)
    question = _first(named, _QUESTION)
    if question is None:
        return None
    columns = _Columns(question, right=_first(named, _RIGHT), feedback=_first(named, _FEEDBACK))
    for name, place in named.items():
        option = _OPTION.fullmatch(name)
        if option and place not in {columns.question, columns.right, columns.feedback}:
            columns.options.setdefault(_place_of(option["place"]), place)
    return columns if columns.options or columns.right is not None else None


def _first(named: Mapping[str, int], names: frozenset[str]) -> int | None:
    return next((place for name, place in named.items() if name in names), None)


def _place_of(word: str) -> int:
    if word.isdecimal():
        return int(word) - 1
    return (_LATIN if word.lower() in _LATIN else _CYRILLIC).index(word.lower())


def _cell(row: Row, place: int | None) -> str:
    value = simplify(row[place]) if place is not None and place < len(row) else None
    return drop_unfit(str(value)).strip() if value is not None else ""


def _read_row(number: int, row: Row, columns: _Columns, keys: Keys, reading: Reading) -> Element | None:
    text = _cell(row, columns.question)
    if not text:
        reading.notes.error(number, Why.NO_QUESTION)
        return None
    key = keys.take("q", text)
    places = [
        (place, said) for place, column in sorted(columns.options.items()) if (said := _cell(row, column))
    ]
    answer, feedback = _cell(row, columns.right), as_html(_cell(row, columns.feedback))
    if not places:
        return build_element(key, number, Question(as_html(text), typed=answer, feedback=feedback))
    right = _find_right(answer, places)
    if right is None:
        options = ", ".join(said for _, said in places)
        reading.notes.error(number, Why.NO_SUCH_ANSWER, given=answer[:100], what=options[:300])
        return None
    choices = tuple(Choice(said, place in right) for place, said in places)
    question = Question(as_html(text), choices, feedback=feedback)
    if question.is_open:
        reading.notes.warn(number, Why.NO_RIGHT_ANSWER, name=text[:100])
    return build_element(key, number, question)


def _find_right(answer: str, places: Sequence[tuple[int, str]]) -> set[int] | None:
    """The places of the right answers, none for an empty cell; None for what is no answer of this row.

    The words of an answer go before its letter, a letter before a number.
    """
    if not answer:
        return set()
    by_text = {_fold(said): place for place, said in places}
    if _fold(answer) in by_text:
        return {by_text[_fold(answer)]}
    for parts in _split(answer):
        chosen = {_find_place(part, by_text, places) for part in parts}
        if chosen and None not in chosen:
            return {place for place in chosen if place is not None}
    return None


def _split(answer: str) -> Iterator[list[str]]:
    """An answer whole, its parts, and letters written together."""
    yield [answer]
    yield [part for part in re.split(r"\s*[;\n|]\s*", answer) if part]
    yield [part for part in _BETWEEN.split(answer) if part]
    if re.fullmatch(r"[a-hA-H]{2,8}|[а-зА-З]{2,8}", answer):
        yield list(answer)


def _find_place(part: str, by_text: Mapping[str, int], places: Sequence[tuple[int, str]]) -> int | None:
    if _fold(part) in by_text:
        return by_text[_fold(part)]
    option = _OPTION.fullmatch(part.strip().strip(".)("))
    place = _place_of(option["place"]) if option else None
    return place if any(place == known for known, _ in places) else None


def _fold(text: Any) -> str:
    return " ".join(str(text).split()).casefold().rstrip(".")
