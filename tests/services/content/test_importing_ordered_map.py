"""A course as an ordered map of elements: imported unchanged, all spellings; what is wrong is named with line and remedy."""

from pathlib import Path
from typing import Any

import pytest

from core.environment import Environment
from core.flow.definition import Flow
from core.flow.steps import Step
from core.flow.steps.choosing import Option
from core.rules.interval import Interval
from core.text.catalog import LANGUAGES, say, say_words
from core.text.message import MediaKind, ParseMode
from services.content.exporting.documents import write_yaml
from services.content.importing.elements import TYPES
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import MOST_FINDINGS, Finding, Severity, Why

COURSE_FILE = Path(__file__).parent / "ordered_maps" / "travel.yml"
DIRECT = "https://drive.usercontent.google.com/download?id={}&export=download"


def read(env: Environment, text: str, slug: str = "course") -> Batch:
    return read_sent(env, "course.yml", text.encode(), slug)


def only(batch: Batch) -> Finding:
    """The one thing that was found."""
    assert len(batch.report.findings) == 1, batch.report.findings
    return batch.report.findings[0]


@pytest.fixture
def travel(env: Environment) -> Flow:
    batch = read_path(env, COURSE_FILE)
    assert batch.report.findings == []
    return batch.courses[0].flow


def step(flow: Flow, key: str) -> Any:
    found: Step | None = flow.step(key)
    assert found is not None
    return found


def test_a_file_is_a_course_in_its_order_named_by_the_file(travel: Flow) -> None:
    assert travel.slug == "travel"
    assert [one.key for one in travel.steps][:4] == ["Intro_00", "Intro_01", "Intro_02", "Listen_1"]
    assert travel.modules() == ("Intro", "Listen", "Pack", "Ask", "Score", "Rev", "Jump", "Delay", "The")


def test_markdown_is_the_markup_unless_the_file_says_html(travel: Flow) -> None:
    assert step(travel, "Intro_00").parse_mode is ParseMode.MARKDOWN
    assert step(travel, "Intro_02").parse_mode is ParseMode.HTML
    assert (
        step(travel, "Intro_00")
        .in_html(step(travel, "Intro_00").text)["*"]
        .startswith("Привет! Этот курс про <b>поездки</b> и <b>чемоданы</b>.")
    )


def test_only_boolean_fields_read_yes_and_no(travel: Flow) -> None:
    quiz = step(travel, "Pack_1")
    assert [one.text["*"] for one in quiz.answers] == ["FALSE", "yes", "no", "1.10"]
    assert [one.correct for one in quiz.answers] == [False, True, False, False]
    assert [one.correct for one in step(travel, "Pack_3").answers] == [True, False]
    assert step(travel, "Ask_2").correct_answer == {"*": "no"}
    assert step(travel, "Ask_3").correct_answer == {"*": "312"}
    assert [one.text["*"] for one in step(travel, "Ask_1").answers] == ["1", "5 супер"]
    assert (step(travel, "Intro_02").link_preview, step(travel, "Intro_01").link_preview) == (False, True)


def test_media_in_their_order_with_drive_links_made_direct(travel: Flow) -> None:
    media = step(travel, "Intro_01").media
    assert [one.ref for one in media] == [
        DIRECT.format("1_aBcDeFgHiJkLmNoPqRsTuVwXyZ01234"),
        DIRECT.format("1ZzYyXxWwVvUuTtSsRrQqPpOoNnMmLlKk"),
        DIRECT.format("1_IQ4i20UoKYFRjMPIk7jorC8g81mUS-M"),
        "https://example.com/guide.pdf",
    ]
    assert [one.kind for one in media] == [MediaKind.PHOTO] * 3 + [MediaKind.DOCUMENT]
    assert [one.kind for one in step(travel, "Listen_1").media] == [MediaKind.AUDIO]


def test_intervals_bands_and_asking_delays(travel: Flow) -> None:
    later = step(travel, "Intro_02").options[1]
    assert (later.goto, later.wait) == ("Pack_2", Interval(1, 2 * 3600 + 3 * 60 + 4))
    assert list(step(travel, "Score_01").score) == [20, 65, 100]
    asking = step(travel, "Delay_01")
    assert (asking.wait, asking.ask, asking.yes_text) == (None, {"*": "Продолжим?"}, {"*": "Да"})
    assert step(travel, "Delay_02").wait == Interval(0, 30)


MINIMAL = "One:\n  type: message\n  text: hi\n"
WARNINGS = {
    "unknown key": (MINIMAL + "  buton: Go\n", 4, Why.UNKNOWN_KEY),
    "unknown key of an answer": (
        "Q:\n  type: question\n  text: q\n  answers:\n  - text: a\n    feedbak: b\n", 6, Why.UNKNOWN_KEY,
    ),
    "an element inside another": (MINIMAL + "  Two:\n    type: end\n", 4, Why.UNKNOWN_KEY),
    "broken indentation": (MINIMAL + "button: Go\n", 4, Why.NO_ELEMENT),
    "broken indentation of a map": (MINIMAL + "answer:\n  actual: 5\n", 4, Why.NO_ELEMENT),
    "no medium": (MINIMAL + "  media:\n  - https://e.com/a.png\n  - a photo of a cat\n", 6, Why.LINKS_ONLY),
    "a key again": (MINIMAL + "  text: other\n", 4, Why.SAYS_OTHER),
    "an element again, and other": (MINIMAL + "One:\n  type: end\n", 4, Why.SAYS_OTHER),
    "the same element again": (MINIMAL + MINIMAL, 4, Why.SAME_AGAIN),
    "unknown goto": (MINIMAL + "  options:\n  - text: a\n    goto: Nowhere\n", 6, Why.UNKNOWN_GOTO),
    "unknown goto of a delay": (MINIMAL + "D:\n  type: delay\n  wait: 1h\n  goto: Nowhere\n", 7, Why.UNKNOWN_GOTO),
    "nothing under a prefix": (MINIMAL + "T:\n  type: test\n  text: t\n  prefix: Voc_\n", 7, Why.NO_SUCH_PREFIX),
    "unknown markup": (MINIMAL + "  parse_mode: MARKDOWN_V3\n", 4, Why.PARSE_MODE),
    "HTML! outside of a dialog": (MINIMAL + "  parse_mode: HTML!\n", 4, Why.PARSE_MODE),
    "button beside options": (MINIMAL + "  button: b\n  options:\n  - text: a\n", 4, Why.BUTTON_LEFT_OUT),
}  # fmt: skip


@pytest.mark.parametrize("case", WARNINGS)
def test_what_is_odd_is_a_warning_with_its_line_and_the_course_is_there(env: Environment, case: str) -> None:
    text, line, why = WARNINGS[case]
    batch = read(env, text)
    found = only(batch)
    assert (found.severity, found.line, found.why) == (Severity.WARNING, line, why)
    assert batch.courses[0].flow.steps[0].key in {"One", "Q"}


def test_of_an_id_twice_the_last_content_stands_at_the_first_place(env: Environment) -> None:
    """As safe YAML reads it; other places of the file go to it all the same."""
    text = "A:\n  type: message\n  text: first\nB:\n  type: delay\n  wait: 1h\n  goto: A\nA:\n  type: end\n  text: last\n"
    batch = read(env, text)
    found = only(batch)
    assert (found.severity, found.line, found.values["first"]) == (Severity.WARNING, 8, 1)
    flow = batch.courses[0].flow
    assert [(one.key, one.type) for one in flow.steps] == [("A", "end"), ("B", "delay")]


def test_both_halves_of_a_character_are_the_character(env: Environment) -> None:
    batch = read(env, 'One:\n  type: message\n  text: "\\ud83d\\ude00 hi"\n')
    assert batch.report.findings == []
    assert step(batch.courses[0].flow, "One").text == {"*": "😀 hi"}


OLD_APP = "M:\n  type: miniapptest\n  text: Task\n  button: Open\n"
CHOICE = "  question:\n    type: multiple_choice\n    text: 1 + 2?\n    options:\n      - {}\n      - {}\n  answer:\n    actual: Three\n"
APPS = {
    "options with text": (CHOICE.format("text: Three", "text: Four"), ("1 + 2?", ["Three", "Four"], "options")),
    "bare options": (CHOICE.format("Three", "Four"), ("1 + 2?", ["Three", "Four"], "options")),
    "typein": ("  question:\n    type: typein\n    text: 1 + 2?\n  answer:\n    actual: 3\n", ("1 + 2?", [], "text")),
    "a bare text": ("  question: 1 + 2?\n", ("1 + 2?", [], None)),
    "a page of its own, any type": (
        "  app_url: https://e.com/app\n  question:\n    type: drag_and_drop\n    text: Sort\n    options: [b, a]\n  answer:\n    actual: ab\n",
        ("Sort", ["b", "a"], "drag_and_drop"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", APPS)
def test_the_older_platforms_mini_apps_are_read_in_all_their_forms(env: Environment, case: str) -> None:
    text, (question, options, kind) = APPS[case]
    batch = read(env, OLD_APP + text)
    assert batch.report.findings == []
    app = step(batch.courses[0].flow, "M")
    assert (app.question.text, list(app.listed("ru")), app.question.type) == ({"*": question}, options, kind)
    back = read_sent(env, "own.yaml", write_yaml(batch.courses[0].flow).encode(), "")
    assert back.courses[0].flow == batch.courses[0].flow


def test_a_type_our_page_cannot_ask_is_an_error_there(env: Environment) -> None:
    batch = read(env, OLD_APP + "  question:\n    type: drag_and_drop\n    text: Sort\n")
    assert "needs an `app_url`" in say_words(only(batch).values["problem"], "en")


def test_bare_options_and_answers_are_their_text(env: Environment) -> None:
    text = (
        "J:\n  type: jump\n  text: Where?\n  options:\n  - Stay\n  - text: Go\n    goto: Q\n  - 5\n"
        "Q:\n  type: quiz\n  text: Right?\n  answers:\n  - no\n  - text: yes\n    correct: yes\n"
        "O:\n  type: question\n  text: Which?\n  answers: [left, right]\n"
        "M:\n  type: multi_choice\n  text: All?\n  answers: [a, {text: b, correct: yes}]\n"
        "S:\n  type: message\n  text: On?\n  options: [On]\n"
    )
    batch = read(env, text)
    assert batch.report.findings == []
    flow = batch.courses[0].flow
    assert [one.text for one in step(flow, "J").options] == [{"*": "Stay"}, {"*": "Go"}, {"*": "5"}]
    assert [(one.text, one.correct) for one in step(flow, "Q").answers] == [
        ({"*": "no"}, False),
        ({"*": "yes"}, True),
    ]
    assert [one.text for one in step(flow, "O").answers] == [{"*": "left"}, {"*": "right"}]
    assert [one.correct for one in step(flow, "M").answers] == [False, True]
    assert [one.text for one in step(flow, "S").options] == [{"*": "On"}]


def test_a_bare_text_may_have_languages() -> None:
    assert Option.model_validate({"ru": "Остаться", "en": "Stay"}).text == {"ru": "Остаться", "en": "Stay"}


def test_more_findings_than_anybody_reads_are_counted(env: Environment) -> None:
    keys = "".join(f"  k{n}: {'x' * 50}\n" for n in range(5_000))
    report = read(env, MINIMAL + keys + "Q:\n  type: " + "y" * 5_000 + "\n").report
    assert (report.errors, len(report.findings), report.left_off) == (
        1,
        MOST_FINDINGS + 1,
        5_000 - MOST_FINDINGS,
    )
    assert max(len(str(one.values)) for one in report.findings) < 2_000


QUIZ = "Q:\n  type: quiz\n  text: q\n  answers:\n  - text: a\n    correct: {}\n  - text: b\n    correct: {}\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
ERRORS = {
    "two right answers": (QUIZ.format("yes", "true"), 4, Why.QUIZ_RIGHT),
    "no right answer": (QUIZ.format("no", '"no"'), 4, Why.QUIZ_RIGHT),
    "maybe right": (QUIZ.format("maybe", "yes"), 6, Why.NO_BOOLEAN),
    "half a character": ('One:\n  type: message\n  text: "a \\ud83d b"\n', 3, Why.UNFIT_CHARACTER),
    "half a character in a key": ('"One\\ud83d":\n  type: end\n', 1, Why.UNFIT_CHARACTER),
    "no type": ("One:\n  text: hi\n", 1, Why.NO_TYPE),
    "unknown type": ("One:\n  type: masage\n  text: hi\n", 2, Why.UNKNOWN_TYPE),
    "no text": ("Q:\n  type: question\n  answers:\n  - text: a\n", 1, Why.MISSING),
    "no answers": ("Q:\n  type: question\n  text: q\n  answers: a\n", 4, Why.NO_LIST),
    "an answer without text": ("Q:\n  type: question\n  text: q\n  answers:\n  - feedback: a\n", 5, Why.MISSING),
    "bad interval": ("D:\n  type: delay\n  wait: a day\n", 3, Why.REFUSED),
    "bad id": ("One two:\n  type: end\n", 1, Why.BAD_KEY),
    "bad band": ("T:\n  type: test\n  text: t\n  prefix: T\n  score: {many: a}\n", 5, Why.REFUSED),
    "open braces": ("One:\n  type: message\n  text: 'x {{name}}'\n", 3, Why.REFUSED),
    "a list as text": ("One:\n  type: message\n  text: [a]\n", 3, Why.NO_TEXT),
    "a text of 5000 characters": (f"One:\n  type: message\n  text: {'x' * 5000}\n", 1, Why.REFUSED),
    "not yaml": ("One: [\n", 2, Why.NOT_YAML),
    "a tab": ("One:\n\ttype: message\n", 2, Why.NOT_YAML),
    "too deep": ("One: " + "[" * 5000, 0, Why.NOT_YAML),
    "contains itself": ("One: &a [*a]\n", 1, Why.TOO_DEEP),
    "maps 100 deep": ("One:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 100)) + " " * 100 + "b: c\n", 61, Why.TOO_DEEP),
    "alias bomb": (BOMB, 0, Why.TOO_LARGE),
    "no document": ("", 0, Why.EMPTY),
    "no elements": ("{}", 0, Why.EMPTY),
    "a list": ("- a\n- b\n", 1, Why.NO_MAP),
    "two documents": (MINIMAL + "---\n" + MINIMAL, 4, Why.NOT_YAML),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_what_is_wrong_is_an_error_with_its_line(env: Environment, case: str) -> None:
    text, line, why = ERRORS[case]
    batch = read(env, text)
    found = next(one for one in batch.report.findings if one.severity is Severity.ERROR)
    assert (found.line, found.why) == (line, why)
    assert batch.courses == []


def test_all_errors_of_a_file_are_said_at_once(env: Environment) -> None:
    text = QUIZ.format("no", "no") + "D:\n  type: delay\n  wait: never\nE:\n  type: nothing\n"
    batch = read(env, text)
    assert [one.line for one in sorted(batch.report.findings, key=lambda one: one.line)] == [4, 11, 13]


def test_bytes_that_are_no_utf8_are_named_with_their_line(env: Environment) -> None:
    found = only(read_sent(env, "a.yml", MINIMAL.encode() + "T: Привет".encode("cp1251"), ""))
    assert (found.why, found.line) == (Why.NOT_UTF8, 4)


def test_a_byte_order_mark_is_no_part_of_the_first_id(env: Environment) -> None:
    batch = read_sent(env, "a.yml", b"\xef\xbb\xbf" + MINIMAL.encode(), "")
    assert batch.courses[0].flow.steps[0].key == "One"


def test_a_map_taken_over_is_read_where_it_is_used(env: Environment) -> None:
    text = "One: &base\n  type: message\n  text: hi\n  button: Go\nTwo:\n  <<: *base\n  text: other\n"
    flow = read(env, text).courses[0].flow
    assert (step(flow, "Two").text, step(flow, "Two").button) == ({"*": "other"}, {"*": "Go"})


@pytest.mark.parametrize(
    ("stem", "slug"),
    [("IELTS_2", "IELTS_2"), ("Мой курс (1)", "moy-kurs-1"), ("Ünï", "uni"), ("x" * 40, "x" * 32), ("—", "")],
)
def test_the_files_name_becomes_the_slug(env: Environment, stem: str, slug: str) -> None:
    batch = read_sent(env, f"{stem}.yml", MINIMAL.encode(), "")
    if slug:
        assert batch.courses[0].flow.slug == slug
    else:
        assert only(batch).why is Why.BAD_SLUG


def test_files_beside_the_course_are_found_and_kept_under_their_content(
    env: Environment, tmp_path: Path
) -> None:
    folder = tmp_path / "courses"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "cat.PNG").write_bytes(b"a cat")
    (tmp_path / "secret.png").write_bytes(b"x")
    text = MINIMAL + "  media: [pictures/cat.PNG, ../../secret.png, /etc/hostname]\n"
    (folder / "c.yml").write_text(text)
    batch = read_path(env, folder / "c.yml")
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.FOREIGN_PATH, 4)] * 2
    (medium,) = step(batch.courses[0].flow, "One").media
    assert medium.kind is MediaKind.PHOTO
    assert not (env.data_dir / medium.ref).exists()
    batch.shelves[0].keep()
    assert (env.data_dir / medium.ref).read_bytes() == b"a cat"
    again = read_sent(env, "c.yml", MINIMAL.encode() + f"  media: {medium.ref}\n".encode(), "")
    assert again.report.findings == []


def test_a_file_too_large_for_a_bot_is_an_error(env: Environment, tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(11_000_000)
    (tmp_path / "c.yml").write_text(MINIMAL + "  media: [large.png]\n")
    found = only(read_path(env, tmp_path / "c.yml"))
    assert (found.why, found.values["limit"], found.line) == (Why.LARGE_FILE, 10, 4)


def test_every_finding_has_words_and_a_remedy_in_every_language() -> None:
    values = dict.fromkeys(
        ("problem", "suffixes", "limit", "name", "first", "slug", "other", "kind", "element", "type", "types",
         "field", "given", "right", "meant", "target", "prefix", "detail", "cell", "ref", "path", "start", "column", "tables", "run",
         "course", "step", "what", "places"), "x",
    )  # fmt: skip
    for why in Why:
        for language in LANGUAGES:
            lines = say(why, language, values, escape=False).split("\n")
            assert len(lines) == 2
            assert all(lines)


def test_the_types_are_those_of_the_engine() -> None:
    assert {"message", "quiz", "delay", "section"} <= set(TYPES)
