"""Questions as plain text: Moodle's GIFT, and Aiken with its letters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.flow.definition import Flow
from core.text.catalog import LANGUAGES, say
from core.text.refusal import words
from services.content.importing.elements import Element
from services.content.importing.formats.courses import Reading, build_flow, name_head
from services.content.importing.formats.workbooks import decode_csv
from services.content.importing.mishaps import megabytes
from services.content.importing.nodes import MOST_BYTES, drop_unfit
from services.content.importing.questions import Choice, Keys, Question, as_html, build_element
from services.content.importing.report import Why

MOST_QUESTIONS = 5_000
GAP = "_____"
"""Stands for the answers that are asked for in the middle of a sentence."""
_OPTION = re.compile(r"\s*(?P<letter>[A-Za-zА-Яа-я])\s*[.)]\s*(?P<text>\S.*)")
_ANSWER = re.compile(r"\s*(?:ANSWER|ОТВЕТ)\s*:\s*(?P<letter>[A-Za-zА-Яа-я])\s*\.?\s*", re.IGNORECASE)
_IS_AIKEN = re.compile(r"^\s*(?:ANSWER|ОТВЕТ)\s*:", re.IGNORECASE | re.MULTILINE)
_FORMAT = re.compile(r"\s*\[(?:html|moodle|plain|markdown)\]", re.IGNORECASE)
_TITLE = re.compile(r"\s*::(?P<title>(?:\\.|[^:\\]|:(?!:))*)::", re.DOTALL)
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")
_WEIGHT = re.compile(r"\s*%(?P<weight>-?\d{1,3}(?:\.\d+)?)%")
_TRUE, _FALSE = frozenset({"T", "TRUE"}), frozenset({"F", "FALSE"})
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def read_quiz_text(content: bytes, slug: str, reading: Reading) -> Flow | None:
    """The course of a text in either form: one with a line `ANSWER:` is Aiken."""
    if len(content) > MOST_BYTES:
        reading.notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES))
        return None
    text = decode_csv(content)
    if text is None or "\0" in text:
        reading.notes.error(0, Why.NOT_UTF8)
        return None
    return _read(text.replace("\r\n", "\n").replace("\r", "\n"), slug, reading)


def _read(text: str, slug: str, reading: Reading) -> Flow | None:
    read = _read_aiken if _IS_AIKEN.search(text) else _read_gift
    before = reading.notes.report.errors
    keys, elements = Keys(), list[Element | None]()
    for line, question in read(drop_unfit(text), reading):
        elements.append(build_element(keys.take("q", question.text), line, question))
        if len(elements) > MOST_QUESTIONS:
            reading.notes.error(line, Why.TOO_LARGE, limit=words("limit-questions", number=MOST_QUESTIONS))
            return None
    if not elements and reading.notes.report.errors == before:
        reading.notes.error(0, Why.NO_QUESTIONS)
    return build_flow(name_head(slug), elements, reading) if elements else None


Read = tuple[int, Question]


def _read_aiken(text: str, reading: Reading) -> Iterator[Read]:
    """A question, its answers with letters, a line `ANSWER:`; whatever stands between two answers goes on the one above."""
    asked, options, begun = list[str](), dict[str, str](), 1
    for line, written in enumerate([*text.split("\n"), ""], start=1):
        if (answer := _ANSWER.fullmatch(written)) is not None:
            yield from _finish_aiken(asked, options, answer["letter"].upper(), begun, reading)
            asked, options = [], {}
        elif asked and (option := _OPTION.fullmatch(written)) and option["letter"].upper() not in options:
            options[option["letter"].upper()] = option["text"].strip()
        elif written.strip():
            if options:
                reading.notes.error(begun, Why.NO_RIGHT_LETTER, name=" ".join(asked)[:100])
                asked, options = [], {}
            begun = begun if asked else line
            asked.append(written.strip())
    if asked or options:
        reading.notes.error(begun, Why.NO_RIGHT_LETTER, name=" ".join(asked)[:100])


def _finish_aiken(
    asked: Sequence[str], options: Mapping[str, str], letter: str, line: int, reading: Reading
) -> Iterator[Read]:
    if not asked or letter not in options:
        reading.notes.error(line, Why.NO_RIGHT_LETTER, name=" ".join(asked)[:100])
        return
    choices = tuple(Choice(text, name == letter) for name, text in options.items())
    yield line, Question(as_html("\n".join(asked)), choices)


def _read_gift(text: str, reading: Reading) -> Iterator[Read]:
    for line, block in _split_blocks(text):
        question = _read_block(line, block, reading)
        if question is not None:
            yield line, question


def _split_blocks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between blank lines outside of braces, without comments and categories; and where it begins."""
    block, begun, depth = list[str](), 0, 0
    for line, written in enumerate([*text.split("\n"), ""], start=1):
        bare = written.strip()
        if bare.startswith("//") or (not block and bare.startswith("$CATEGORY")):
            continue
        if not bare and not depth:
            if block:
                yield begun, "\n".join(block)
            block, depth = [], 0
            continue
        begun = begun if block else line
        block.append(written)
        plain = _ESCAPED.sub("", written)
        depth = max(0, depth + plain.count("{") - plain.count("}"))
    if block:
        yield begun, "\n".join(block)


def _read_block(line: int, block: str, reading: Reading) -> Question | None:
    title = _TITLE.match(block)
    body = _FORMAT.sub("", block[title.end() if title else 0 :], count=1)
    opens, closes = _find(body, "{"), _find(body, "}")
    name = _unescape(body[:opens] if opens is not None else body).strip()[:100]
    if opens is None or closes is None or closes < opens:
        if opens is None and closes is None:
            reading.notes.warn(line, Why.OTHER_QUESTION, name=name, kind=words("question-no-answers"))
        else:
            reading.notes.error(line, Why.NOT_CLOSED, name=name)
        return None
    before, after = _unescape(body[:opens]).strip(), _unescape(body[closes + 1 :]).strip()
    asked = f"{before} {GAP} {after}" if after else before
    if not asked:
        reading.notes.error(line, Why.NO_QUESTION)
        return None
    return _Answers(as_html(asked), name, line, reading).read(body[opens + 1 : closes])


def _find(text: str, sign: str, start: int = 0) -> int | None:
    """Where a sign stands that is not escaped."""
    place = start
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] == sign:
            return place
        place += 1
    return None


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], text)


@dataclass(frozen=True, slots=True)
class _Part:
    """An answer in braces: its sign, whether it brings points, its words, what is said to it."""

    sign: str
    is_right: bool
    text: str
    feedback: str


@dataclass(frozen=True, slots=True)
class _Answers:
    """Reads what stands in the braces of one question."""

    asked: str
    name: str
    line: int
    reading: Reading

    def read(self, inside: str) -> Question | None:
        inside, feedback = _cut_general(inside)
        bare = inside.strip()
        said, _, more = bare.partition("#")
        if bare.startswith("#"):
            return self._number(bare[1:], feedback)
        if said.strip().upper() in _TRUE | _FALSE:
            right = said.strip().upper() in _TRUE
            both = tuple(
                Choice(_both(key), is_right=right == truth)
                for key, truth in (("answer-true", True), ("answer-false", False))
            )
            hint = as_html(_unescape(" ".join(filter(None, (part.strip() for part in more.split("#"))))))
            return Question(self.asked, both, feedback="\n".join(filter(None, (hint, feedback))))
        parts = list(_split_parts(bare))
        if not parts and bare:
            self.reading.notes.warn(
                self.line, Why.OTHER_QUESTION, name=self.name, kind=words("question-no-answers")
            )
            return None
        if not parts:
            return Question(self.asked, typed="", feedback=feedback)
        return self._choose(parts, feedback)

    def _choose(self, parts: Sequence[_Part], feedback: str) -> Question | None:
        if any("->" in part.text for part in parts):
            self.reading.notes.warn(
                self.line, Why.OTHER_QUESTION, name=self.name, kind=words("question-matching")
            )
            return None
        if all(part.sign == "=" for part in parts):
            return self._typed([part.text for part in parts], feedback or parts[0].feedback)
        choices = tuple(Choice(part.text, part.is_right, part.feedback) for part in parts)
        question = Question(self.asked, choices, feedback=feedback)
        if question.is_open:
            self.reading.notes.warn(self.line, Why.NO_RIGHT_ANSWER, name=self.name)
        return question

    def _typed(self, answers: Sequence[str], feedback: str) -> Question:
        if len(set(answers)) > 1:
            self.reading.notes.warn(self.line, Why.MORE_ANSWERS, name=self.name, given=answers[0][:60])
        return Question(self.asked, typed=answers[0], feedback=feedback)

    def _number(self, text: str, feedback: str) -> Question:
        """A number, or the middle of a range: a chat compares with one."""
        numbers = [number.replace(",", ".") for number in _NUMBER.findall(text.replace("..", " "))]
        if len(numbers) > 1:
            self.reading.notes.warn(self.line, Why.MORE_ANSWERS, name=self.name, given=numbers[0])
        return Question(self.asked, typed=numbers[0] if numbers else "", feedback=feedback)


def _both(key: str) -> Mapping[str, str]:
    return {language: say(key, language) for language in LANGUAGES}


def _cut_general(inside: str) -> tuple[str, str]:
    """What is said after the question whatever the answer was stands behind `####`."""
    before, _, general = inside.partition("####")
    return before, as_html(_unescape(general))


def _split_parts(inside: str) -> Iterator[_Part]:
    """The answers by their signs; one with a weight counts as right when it brings points."""
    starts = [place for place in _places(inside) if inside[place] in "=~"]
    for start, end in pairwise([*starts, len(inside)] if starts else []):
        words_, hint = _cut_feedback(inside[start + 1 : end])
        weight = _WEIGHT.match(words_)
        text = _unescape(_FORMAT.sub("", words_[weight.end() if weight else 0 :], count=1)).strip()
        is_right = inside[start] == "=" or (weight is not None and float(weight["weight"]) > 0)
        if text:
            yield _Part(inside[start], is_right, text, as_html(_unescape(hint)))


def _places(text: str) -> Iterator[int]:
    """The places of signs that are not escaped."""
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        yield place
        place += 1


def _cut_feedback(text: str) -> tuple[str, str]:
    place = _find(text, "#")
    return (text, "") if place is None else (text[:place], text[place + 1 :])
