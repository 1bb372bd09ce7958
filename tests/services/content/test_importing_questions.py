"""Questions as people keep them, in tables, GIFT and Aiken, are asked as they were meant."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from core.environment import Environment
from core.flow.definition import dump_step
from services.content.importing.reader import Batch, read_sent
from services.content.importing.report import Severity, Why


def read(env: Environment, name: str, text: str | bytes) -> Batch:
    return read_sent(env, name, text.encode() if isinstance(text, str) else text, "bank")


def steps(batch: Batch) -> list[dict[str, Any]]:
    assert [line for line in batch.report.findings if line.severity is Severity.ERROR] == []
    (course,) = batch.courses
    return [dump_step(step) for step in course.flow.steps]


def asked(batch: Batch) -> list[tuple[str, str, list[str], list[str]]]:
    """Type, text, all answers, the right ones."""
    return [
        (
            step["type"],
            step["text"],
            [answer["text"] for answer in step.get("answers", ())],
            [answer["text"] for answer in step.get("answers", ()) if answer.get("correct")] or [step[name] for name in ("correct_answer",) if name in step],
        )
        for step in steps(batch)
    ]  # fmt: skip


ENGLISH = "Question,Option A,Option B,Option C,Option D,Answer"
RUSSIAN = "Вопрос;Вариант 1;Вариант 2;Вариант 3;Вариант 4;Правильный ответ"
ROWS = {
    "letter": ("B", ["4"]),
    "small letter with a full stop": ("b.", ["4"]),
    "number": ("3", ["5"]),
    "text": ("six", ["six"]),
    "text in another case": ("Six ", ["six"]),
    "title": ("Option D", ["six"]),
    "several letters": ("A; C", ["3", "5"]),
    "letters together": ("BD", ["4", "six"]),
    "letters and a word": ("B and D", ["4", "six"]),
    "Russian letter": ("Б", ["4"]),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("head", [ENGLISH, RUSSIAN])
def test_the_right_answer_is_named_as_people_do(env: Environment, name: str, head: str) -> None:
    given, right = ROWS[name]
    if head == RUSSIAN and "Option" in given:
        given = "Вариант 4"
    separator = ";" if ";" in head else ","
    row = separator.join(["2 + 2 < 9?", "three", "4", "5", "six", f'"{given}"']).replace("three", "3") if name != "number" else separator.join(["2 + 2 < 9?", "one", "4", "5", "six", given])  # fmt: skip
    ((kind, text, _, found),) = asked(read(env, "bank.csv", f"{head}\n{row}\n"))
    if name == "number":  # it is the words of no answer, so it is a place
        assert found == ["5"]
    else:
        assert found == right
    assert (kind, text) == ("quiz" if len(found) == 1 else "multi_choice", "2 + 2 &lt; 9?")


def test_a_workbook_with_explanations_and_answers_to_type(env: Environment) -> None:
    book = Workbook()
    for row in (
        ["№", "Вопрос", "A", "B", "Ответ", "Пояснение"],
        [1, "Столица?", "Рига", "Осло", "A", "Это <Рига>"],
        [2, "Сколько будет 2 + 2?", None, None, 4, None],
        [3, "Что вам ближе?", "Утро", "Вечер", None, None],
    ):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    batch = read(env, "bank.xlsx", kept.getvalue())
    assert asked(batch) == [
        ("quiz", "Столица?", ["Рига", "Осло"], ["Рига"]),
        ("input", "Сколько будет 2 + 2?", [], ["4"]),
        ("question", "Что вам ближе?", ["Утро", "Вечер"], []),
    ]
    assert steps(batch)[0]["answers"][0]["feedback"] == "Это &lt;Рига&gt;"
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.NO_RIGHT_ANSWER, 4)]


def test_wrong_rows_are_named(env: Environment) -> None:
    batch = read(env, "bank.csv", f"{ENGLISH}\nOne?,1,2,3,4,Z\n,1,2,3,4,A\nTwo?,1,2,,,D\nThree?,1,2,3,4,A\n")
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.NO_SUCH_ANSWER, 2), (Why.NO_QUESTION, 3), (Why.NO_SUCH_ANSWER, 4)]  # fmt: skip
    assert batch.courses == []


def test_the_same_question_has_the_same_key_wherever_it_stands(env: Environment) -> None:
    one = steps(read(env, "b.csv", f"{ENGLISH}\nOne?,1,2,,,A\nTwo?,1,2,,,B\n"))
    other = steps(read(env, "b.csv", f"{ENGLISH}\nNew?,1,2,,,A\nTwo?,1,2,,,B\nOne?,1,9,,,A\nOne?,1,2,,,A\n"))
    keys = [step["key"] for step in one]
    assert [step["key"] for step in other][1:3] == keys[::-1]
    assert other[3]["key"] == f"{keys[0]}-2"
    assert keys[0].startswith("q-one-")


AIKEN = """Сколько будет 2 + 2?
A. 3
B) 4 < 5
ANSWER: B

Two lines
of words
a. yes
b. no
answer: a
"""


def test_aiken(env: Environment) -> None:
    assert asked(read(env, "quiz.txt", AIKEN)) == [
        ("quiz", "Сколько будет 2 + 2?", ["3", "4 < 5"], ["4 < 5"]),
        ("quiz", "Two lines\nof words", ["yes", "no"], ["yes"]),
    ]


@pytest.mark.parametrize("text", ["Q?\nA. 1\nB. 2\n\nR?\nA. 1\nB. 2\nANSWER: A\n", "Q?\nA. 1\nB. 2\nANSWER: C\n", "A. 1\nANSWER: A\n", "Q?\nANSWER: A\n"])  # fmt: skip
def test_wrong_aiken_is_named(env: Environment, text: str) -> None:
    assert read(env, "quiz.txt", text).report.findings[0].why is Why.NO_RIGHT_LETTER


GIFT = {
    "choice": ("::Name:: Who? {=Anna#Yes! ~Boris#No ~Vera}", ("quiz", "Who?", ["Anna", "Boris", "Vera"], ["Anna"])),
    "lines": ("Who?{\n  ~ Anna\n\n  = Boris\n}", ("quiz", "Who?", ["Anna", "Boris"], ["Boris"])),
    "gap": ("It is {=red ~blue} today.", ("quiz", "It is _____ today.", ["red", "blue"], ["red"])),
    "weights": ("Which? {~%50%one ~%-100%two ~%50%three}", ("multi_choice", "Which?", ["one", "two", "three"], ["one", "three"])),
    "true": ("Sun is hot {T}", ("quiz", "Sun is hot", [{"ru": "Верно", "en": "True"}, {"ru": "Неверно", "en": "False"}], [{"ru": "Верно", "en": "True"}])),
    "false": ("Sun is cold {FALSE#It is hot}", ("quiz", "Sun is cold", [{"ru": "Верно", "en": "True"}, {"ru": "Неверно", "en": "False"}], [{"ru": "Неверно", "en": "False"}])),
    "typed": ("Name it {=Riga}", ("input", "Name it", [], ["Riga"])),
    "number": ("When? {#1999:0}", ("input", "When?", [], ["1999"])),
    "remark in braces": ("Who? {=A ~B}\n\nX {y}", ("quiz", "Who?", ["A", "B"], ["A"])),
    "essay": ("Tell of it {}", ("input", "Tell of it", [], [])),
    "escapes": (r"[html]a \= b \{c\} \: d? {=x\~y ~z\#1}", ("quiz", "a = b {c} : d?", ["x~y", "z#1"], ["x~y"])),
    "remarks": ("// a remark\n$CATEGORY: top/one\n\nWho? {=A ~B}\n// more", ("quiz", "Who?", ["A", "B"], ["A"])),
}  # fmt: skip


@pytest.mark.parametrize("name", GIFT)
def test_gift(env: Environment, name: str) -> None:
    text, meant = GIFT[name]
    assert asked(read(env, "quiz.gift", text)) == [meant]


def test_what_gift_says_to_an_answer_is_said(env: Environment) -> None:
    (step,) = steps(read(env, "q.gift", "Who? {=A#Right <3 ~B####So it is}"))
    assert [answer.get("feedback") for answer in step["answers"]] == ["Right &lt;3\n\nSo it is", "So it is"]


FINDINGS = {
    "Match {=a -> b =c -> d}\n\nWho? {=A ~B}": (Severity.WARNING, Why.OTHER_QUESTION),
    "Only words\n\nWho? {=A ~B}": (Severity.WARNING, Why.OTHER_QUESTION),
    "Name {=Riga =Riga city}": (Severity.WARNING, Why.MORE_ANSWERS),
    "Which? {~A ~B}": (Severity.WARNING, Why.NO_RIGHT_ANSWER),
    "Who? {=A ~B": (Severity.ERROR, Why.NOT_CLOSED),
    "{=A ~B}": (Severity.ERROR, Why.NO_QUESTION),
}


@pytest.mark.parametrize("text", FINDINGS)
def test_what_gift_cannot_ask_here_is_named(env: Environment, text: str) -> None:
    found = read(env, "quiz.gift", text).report.findings[0]
    assert (found.severity, found.why, found.line) == (*FINDINGS[text], 1)


@pytest.mark.parametrize("text", ["", "\n\n", "Just a letter to a friend.\n\nBye."])
def test_a_text_without_questions_is_no_course(env: Environment, text: str) -> None:
    batch = read(env, "letter.txt", text)
    assert [one.why for one in batch.report.findings if one.severity is Severity.ERROR] == [Why.NO_QUESTIONS]
    assert batch.courses == []
