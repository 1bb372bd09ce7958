"""Our own form goes through the same door: strict where a file of ours is missing, lenient about unknown keys."""

from pathlib import Path

import pytest

from app.boot.database import CONTENT
from core.environment import Environment
from core.flow.definition import FlowKind
from core.flow.steps.branch import BranchStep
from core.flow.steps.input import InputStep
from core.flow.steps.lesson import LessonStep
from core.rules.drip import OnDay
from services.content.files.sample import read_content
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why

HEAD = "kind: course\nslug: own\nname: {ru: Курс, en: Course}\nsteps:\n"


def read(env: Environment, text: str) -> Batch:
    return read_sent(env, "own.yaml", text.encode(), "")


def test_the_sample_flows_are_read_as_the_content_folder_reads_them(env: Environment) -> None:
    sample = {flow.slug: flow for flow in read_content(CONTENT).flows}
    for name in ("clear-words", "welcome"):
        batch = read_path(env, CONTENT / "flows" / f"{name}.yaml")
        assert [one for one in batch.report.findings if one.why is not Why.MISSING_FILE] == []
        if name == "welcome":
            assert batch.courses[0].flow == sample[name]
            assert batch.courses[0].flow.kind is FlowKind.SCENARIO


def test_media_of_a_lesson_are_found_beside_the_file(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.pdf").write_bytes(b"pdf")
    step = "- {key: a, type: lesson, title: t, drip: {day: 2}, messages: [{media: [{kind: document, ref: REF}]}]}\n"
    (tmp_path / "flows" / "c.yaml").write_text(HEAD + step.replace("REF", "media/a.pdf"))
    batch = read_path(env, tmp_path / "flows" / "c.yaml")
    assert batch.report.findings == []
    lesson = batch.courses[0].flow.steps[0]
    assert isinstance(lesson, LessonStep)
    assert lesson.drip == OnDay(2)
    assert lesson.messages[0].media[0].ref == "media/a.pdf"  # the content folder has it under this name
    found = read(env, HEAD + step.replace("REF", "media/none.pdf")).report.findings
    assert [(one.severity, one.why, one.line) for one in found] == [(Severity.ERROR, Why.LINKS_ONLY, 5)]


@pytest.mark.parametrize("written", ["yes", "true", "no"])
@pytest.mark.parametrize(
    "document",
    [
        HEAD + "- {key: a, type: input, text: t, correct_answer: Ёжик, exact: EXACT}\n",
        "a:\n  type: input\n  text: t\n  correct_answer: Ёжик\n  exact: EXACT\n",
    ],
    ids=["own form", "older platform's"],
)
def test_a_strict_answer_is_written_as_yes(env: Environment, document: str, written: str) -> None:
    batch = read(env, document.replace("EXACT", written))
    assert batch.report.findings == []
    step = batch.courses[0].flow.steps[0]
    assert isinstance(step, InputStep)
    assert step.exact is (written != "no")


def test_numbers_of_conditions_stay_numbers(env: Environment) -> None:
    text = (
        HEAD
        + "- key: b\n  type: branch\n  cases:\n  - {when: score, params: {percent: 50, prefix: '7'}, goto: e}\n"
    )
    batch = read(env, text + "  else: e\n- {key: e, type: end}\n")
    assert batch.report.findings == []
    branch = batch.courses[0].flow.steps[0]
    assert isinstance(branch, BranchStep)
    assert branch.cases[0].params == {"percent": 50, "prefix": "7"}


ERRORS = {
    "no key": ("- {type: end}\n", 5, Why.MISSING),
    "key twice": ("- {key: a, type: end}\n- {key: a, type: end}\n", 6, Why.DUPLICATE),
    "a step that is a word": ("- end\n", 5, Why.NO_ELEMENT),
    "bad drip": (
        "- key: a\n  type: lesson\n  title: t\n  drip: {day: 0}\n  messages: [{text: x}]\n", 8, Why.REFUSED,
    ),
    "no steps": ("[]\n", 0, Why.EMPTY),
    "a goto to nowhere": ("- key: a\n  type: delay\n  wait: 1h\n  goto: nowhere\n", 8, Why.LOST_GOTO),
    "a tag that stays open": ("- key: a\n  type: message\n  text: <b>hello\n", 7, Why.STRAY_TAG),
    "a tag that was not begun": ("- key: a\n  type: message\n  text: {ru: 'да</i>', en: yes}\n", 7, Why.STRAY_TAG),
    "tags that cross": ("- key: a\n  type: message\n  text: <b>one <i>two</b> three\n", 7, Why.STRAY_TAG),
    "a tag in a lesson": (
        "- key: a\n  type: lesson\n  title: t\n  messages:\n  - text: fine\n  - text: <u>hello\n", 10, Why.STRAY_TAG,
    ),
    "a tag in feedback": (
        "- key: a\n  type: question\n  text: q\n  answers:\n  - text: b\n    feedback: <i>yes\n  - c\n", 10, Why.STRAY_TAG,
    ),
    "a tag in Markdown": ("- key: a\n  type: message\n  parse_mode: MARKDOWN\n  text: '*b* <b>c'\n", 8, Why.STRAY_TAG),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_errors_have_their_lines(env: Environment, case: str) -> None:
    text, line, why = ERRORS[case]
    batch = read(env, HEAD[:-1] + " " + text if case == "no steps" else HEAD + text)
    assert [(one.line, one.why) for one in batch.report.findings] == [(line, why)]
    assert batch.courses == []


@pytest.mark.parametrize(
    ("head", "line", "why"),
    [
        ("kind: story\nslug: a\nname: n\n", 1, Why.REFUSED),
        ("kind: course\nslug: a b\nname: n\n", 2, Why.BAD_SLUG),
        ("kind: course\nslug: a\n", 1, Why.REFUSED),
    ],
)
def test_a_head_that_does_not_fit_is_an_error(env: Environment, head: str, line: int, why: Why) -> None:
    batch = read(env, head + "steps:\n- {key: a, type: end}\n")
    assert [(one.line, one.why) for one in batch.report.findings] == [(line, why)]


def test_an_unknown_key_of_the_head_is_left_out(env: Environment) -> None:
    batch = read(env, "author: me\n" + HEAD + "- {key: a, type: end}\n")
    assert [(one.severity, one.line) for one in batch.report.findings] == [(Severity.WARNING, 1)]
    assert batch.courses[0].flow.slug == "own"


def test_a_tag_is_markup_only_where_texts_have_markup(env: Environment) -> None:
    text = (
        "- key: a\n  type: quiz\n  text: Which one is bold?\n  answers:\n  - <b>\n  - {text: </i>, correct: yes}\n"
        "- key: b\n  type: message\n  text: 2 < 3 and <b>so</b> *on* &lt;b\n  button: <i>\n"
        "- key: c\n  type: message\n  parse_mode: MARKDOWN\n  text: 2 * 3 _ 4\n"
    )
    batch = read(env, HEAD + text)
    assert batch.report.findings == []


def test_in_the_older_form_both_are_warnings(env: Environment) -> None:
    text = "One:\n  type: message\n  text: <b>hello\nTwo:\n  type: delay\n  wait: 1h\n  goto: nowhere\n"
    batch = read_sent(env, "old.yml", text.encode(), "")
    found = sorted((one.line, one.why, one.severity) for one in batch.report.findings)
    assert found == [(3, Why.STRAY_TAG, Severity.WARNING), (7, Why.UNKNOWN_GOTO, Severity.WARNING)]
    assert len(batch.courses) == 1
