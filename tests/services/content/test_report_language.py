"""What is wrong with a file is said in the author's language, whoever found it: a model, the YAML reader or we."""

import csv
import io
import re

import pytest
from openpyxl import Workbook

from core.environment import Environment
from core.flow.definition import FlowKind
from core.text.catalog import say
from services.content.importing.reader import read_sent
from services.content.importing.report import Why

ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z']*\b +){2,}[A-Za-z]")
"""Three English words in a row, where nothing is quoted."""
QUOTED = re.compile(r"`[^`]*`|«[^»]*»|<[^>]*>|\{[^}]*\}")

OWN = "kind: course\nslug: a\nname: A\nsteps:\n"
HEAD = "kind: {kind}\nslug: {slug}\nname: A\n{more}steps:\n  - {{key: m, type: message, text: A}}\n"
STEPS = (
    "{type: message}",
    "{type: message, text: ' '}",
    "{type: message, text: {english: A}}",
    "{type: message, text: {}}",
    f"{{type: message, text: {'x' * 5000}}}",
    "{type: message, text: A, button: B, options: [{text: C}]}",
    "{type: message, text: A, colour: red}",
    "{type: message, text: A, timeout_goto: m}",
    "{type: message, text: A, retries: 3}",
    "{type: message, text: A, retries: 30, timeout: 1d}",
    "{type: message, text: A, link_preview: perhaps}",
    "{type: message, text: A, media: {kind: smell, ref: 'https://a.example/b'}}",
    "{type: message, text: A, media: {kind: photo, ref: ../b.jpg}}",
    "{type: message, text: A, buttons: [[{text: B, url: 'javascript:x'}]]}",
    "{type: message, text: A, buttons: [[{text: B, press: x}]]}",
    "{type: message, text: A, buttons: [[{text: B}]]}",
    "{type: message, text: '{{user.shoe}}'}",
    "{type: message, text: '{{x}}'}",
    "{type: message, text: 'a {{ b'}",
    "{type: message, text: <b>A}",
    "{type: message, text: A, goto: nowhere}",
    "{type: jump, text: A, options: [{text: B, goto: m}, {text: C, wait: soon}]}",
    "{type: jump, text: A, options: [{text: B, wait_text: C}]}",
    "{type: jump, text: A, options: []}",
    "{type: quiz, text: A, answers: [{text: B}, {text: C}]}",
    "{type: quiz, text: A, answers: [{text: B, correct: yes}]}",
    "{type: quiz, text: A, answers: [{text: B, correct: yes}, {text: B}]}",
    f"{{type: quiz, text: A, answers: [{{text: {'b' * 200}, correct: yes}}, {{text: {'x' * 4090}}}]}}",
    "{type: test, text: A, prefix: z, score: {0: A, '0%': B}}",
    "{type: test, text: A, prefix: z, score: {140: A}}",
    f"{{type: test, text: A, prefix: k, score: {{10: {'x' * 4095}}}}}",
    "{type: delay}",
    "{type: delay, wait: soon}",
    "{type: lesson, messages: [{text: A}], drip: now}",
    "{type: lesson, messages: [{text: A}], drip: {day: 0}}",
    "{type: lesson, messages: [{text: A}], drip: {date: soon}}",
    "{type: lesson, messages: [{text: A}], drip: {weekday: someday}}",
    "{type: lesson, messages: [{text: A}], drip: {day: 2, at: noon}}",
    "{type: lesson, messages: [{}]}",
    "{type: lesson, messages: []}",
    "{type: lesson, messages: [{text: A}], complete: never}",
    "{type: tag}",
    "{type: offer, text: A, tariffs: []}",
    "{type: offer, text: A, tariffs: some}",
    "{type: branch}",
    "{type: branch, split: [{share: 1}], else: m}",
    "{type: branch, split: [{share: 0}]}",
    "{type: branch, cases: [{when: variable, params: {}}]}",
    "{type: branch, cases: [{when: Variable}]}",
    "{type: input, text: A, input_type: sequence, correct_answer: abc}",
    "{type: input, text: A, input_type: smell}",
    "{type: miniapp, text: A, button: B}",
    "{type: miniapp, text: A, button: B, app_url: 'ftp://x'}",
    "{type: miniapp, text: A, button: B, question: {type: sort, text: A}}",
    "{type: miniapp, text: A, button: B, question: {type: options, text: A}}",
    "{type: miniapp, text: A, button: B, question: {type: text, text: A, options: [B]}}",
    "{type: miniapp, text: A, button: B, question: {text: A, options: [B]}, answer: {actual: C}}",
    "{type: set, name: '1 2', value: x}",
    "{type: dialog, text: A, auto_start: maybe}",
    "{type: certificate, title: 5}",
    "{type: smell}",
    "{text: A}",
)
HEADS = (
    HEAD.format(kind="party", slug="a", more=""),
    HEAD.format(kind="course", slug="p_12", more=""),
    HEAD.format(kind="course", slug="a", more="quiet_hours: night\n"),
    HEAD.format(kind="course", slug="a", more="quiet_hours: 9:00-9:00\n"),
    HEAD.format(kind="course", slug="a", more="profile: A B\n"),
    HEAD.format(kind="course", slug="a", more="summary: {text: A}\n"),
    HEAD.format(kind="scenario", slug="a", more="product: {name: A, price: -1}\n"),
    HEAD.format(kind="scenario", slug="a", more="product: {name: A, price: free, currency: rubles}\n"),
    OWN + "  - {key: k, type: message, text: A}\n  - {key: k, type: message, text: B}\n",
    OWN + "  - {key: k, type: message, text: A, goto: k}\n",
    OWN + "".join(f"  - {{key: k{n}, type: message, text: A}}\n" for n in range(130)),
)
BROKEN_YAML = (
    "a: b: c\n",
    "a:\n  b\nc\n",
    "\tx: 1\n",
    'a: "x\n',
    "a:\n  - b\n c: d\n",
    "a: [1, 2\nb: 3",
    "a: {x: 1\nb: 3",
    "a: *x\n",
    "a: 1\n---\nb: 2\n",
    "a: \x07\n",
    'a: "\\q"\n',
    "a: @x\n",
    "%YAML 9\n---\na",
    "&a &b c",
    "a: -",
    "? [c]\n: d\n",
    "a: " + "[" * 2000,
    "- a\n",
    "",
    "\udc00".encode("utf-16-le", "surrogatepass").decode("latin-1"),
)


def report(env: Environment, name: str, content: bytes, language: str) -> list[str]:
    findings = read_sent(env, name, content, "course").report.findings
    return [say(one.why, language, one.values, escape=False) for one in findings]


def english(lines: list[str]) -> list[str]:
    return [line for line in lines if ENGLISH.search(QUOTED.sub("", line))]


@pytest.mark.parametrize("step", STEPS)
def test_a_broken_step_is_told_in_russian(env: Environment, step: str) -> None:
    text = f"{OWN}  - {{key: k, {step.removeprefix('{')}\n  - {{key: m, type: message, text: A}}\n"
    told = report(env, "c.yaml", text.encode(), "ru")
    assert told
    assert english(told) == []
    assert all(report(env, "c.yaml", text.encode(), "en"))


@pytest.mark.parametrize("text", HEADS)
def test_a_broken_head_is_told_in_russian(env: Environment, text: str) -> None:
    told = report(env, "c.yaml", text.encode(), "ru")
    assert told
    assert english(told) == []


@pytest.mark.parametrize("text", BROKEN_YAML)
def test_what_is_no_yaml_is_told_in_russian(env: Environment, text: str) -> None:
    told = report(env, "c.yaml", text.encode(), "ru")
    assert told
    assert english(told) == []


def test_tables_are_told_in_russian(env: Environment) -> None:
    book = Workbook()
    book.active.append(["id", "type", "text", "colour", "wait"])
    book.active.append(["a", "delay", None, "red", "soon"])
    kept = io.BytesIO()
    book.save(kept)
    long_cell = b'id,type,text\na,message,"' + b"x" * (csv.field_size_limit() + 1)
    for name, content in (
        ("c.xlsx", kept.getvalue()),
        ("c.xlsx", b"PK nothing"),
        ("c.csv", b"id;type\n"),
        ("c.csv", b"a;b\n1;2\n"),
        ("c.csv", b"\0"),
        ("c.csv", long_cell),
        ("c.doc", b""),
    ):
        told = report(env, name, content, "ru")
        assert told, name
        assert english(told) == []


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", FlowKind)
def test_a_name_that_is_taken_says_by_what(kind: FlowKind, language: str) -> None:
    said = say(f"flow-kind-{kind}", language)
    assert said != f"flow-kind-{kind}"
    assert say(Why.OTHER_KIND, language, {"slug": "a", "kind": {"t": f"flow-kind-{kind}", "v": {}}}).count(
        said
    )


def test_a_list_of_courses_is_told_in_russian(env: Environment) -> None:
    told = report(env, "courses.yml", b"a: {path: a.yml, token: 'no no', restricted: perhaps}\n", "ru")
    assert told
    assert english(told) == []
