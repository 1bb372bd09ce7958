"""Spreadsheets: XLSX and CSV in all their dialects, errors with row numbers, bounds, and courses as workbooks."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook

from core.environment import Environment
from core.errors import DomainError
from core.flow.definition import Flow, dump_flow, parse_flow
from core.text.message import ParseMode
from services.content.exporting.workbooks import write_workbook
from services.content.importing.formats import tables, workbooks
from services.content.importing.formats.google import Export, find_export
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why
from tests.factories.elements import DOCUMENTS, make_document
from tests.services.content.test_exporting import FACTS, flows

COURSE_FILE = Path(__file__).parent / "ordered_maps" / "travel.yml"
Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_csv(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def read(env: Environment, content: bytes, name: str) -> Batch:
    return read_sent(env, name, content, "")


def course(batch: Batch) -> Flow:
    assert [one for one in batch.report.findings if one.severity is Severity.ERROR] == []
    return batch.courses[0].flow


def places(batch: Batch) -> list[tuple[Severity, int, Why]]:
    return [(one.severity, one.line, one.why) for one in batch.report.findings]


TABLE = [
    ["id", "Type", "text", "button", "media", "answer 1", "feedback 1", "answer 2", "correct", "wait", "option 1", "goto 1", "prefix", "score"],
    ["Intro_1", "message", "Привет, *мир*", "Дальше", "https://e.com/a.png\nhttps://e.com/b.mp4"],
    [],
    ["Vocab_1", "quiz", "2 + 2", None, None, 4, "Верно", "пять", 1],
    ["Delay_1", "delay", None, None, None, None, None, None, None, "1h:30m"],
    ["Jump_1", "jump", "Куда?", None, None, None, None, None, None, None, "Вперёд", "Test_1"],
    ["Test_1", "test", "{score}", None, None, None, None, None, None, None, None, None, "Vocab_", "0: отлично\n100: учить"],
]  # fmt: skip


def assert_is_the_table(flow: Flow) -> None:
    assert [one.key for one in flow.steps] == ["Intro_1", "Vocab_1", "Delay_1", "Jump_1", "Test_1"]
    document = {one["key"]: one for one in dump_flow(flow)["steps"]}
    assert document["Intro_1"] == {
        "key": "Intro_1", "type": "message", "text": "Привет, *мир*", "button": "Дальше", "parse_mode": "MARKDOWN",
        "media": [{"kind": "photo", "ref": "https://e.com/a.png"}, {"kind": "video", "ref": "https://e.com/b.mp4"}],
    }  # fmt: skip
    assert document["Vocab_1"]["answers"] == [
        {"text": "4", "feedback": "Верно", "correct": True},
        {"text": "пять"},
    ]
    assert document["Jump_1"]["options"] == [{"text": "Вперёд", "goto": "Test_1"}]
    assert document["Test_1"]["score"] == {"0": "отлично", "100": "учить"}


def test_a_workbook_is_a_course(env: Environment) -> None:
    batch = read(env, xlsx(TABLE), "Мой курс.xlsx")
    assert batch.report.findings == []
    assert batch.courses[0].flow.slug == "moy-kurs"
    assert_is_the_table(batch.courses[0].flow)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_text_with_separators_is_a_course(env: Environment, separator: str, encoding: str) -> None:
    batch = read(env, as_csv(TABLE, separator, encoding), "course.csv")
    assert batch.report.findings == []
    assert_is_the_table(batch.courses[0].flow)


def test_columns_may_be_named_in_russian_and_cells_may_be_russian_yes(env: Environment) -> None:
    rows = [
        ["id", "тип", "текст", "ответ 1", "верно 1", "ответ 2", "верно2", "link_preview"],
        ["a", "quiz", "q", "x", "да", "y", "нет", "НЕТ"],
    ]
    quiz = course(read(env, xlsx(rows), "a.xlsx")).steps[0]
    assert [one.correct for one in quiz.answers] == [True, False]  # type: ignore[union-attr]
    assert quiz.link_preview is False  # type: ignore[union-attr]


def test_answers_and_options_may_stand_in_one_cell(env: Environment) -> None:
    rows = [
        ["id", "type", "text", "answers", "options"],
        ["a", "quiz", "q", "+ yes | Right!\nno | Wrong", None],
        ["b", "message", "m", None, "On\nBack | a"],
    ]
    first, second = (one for one in dump_flow(course(read(env, as_csv(rows), "a.csv")))["steps"])
    assert first["answers"] == [
        {"text": "yes", "feedback": "Right!", "correct": True},
        {"text": "no", "feedback": "Wrong"},
    ]
    assert second["options"] == [{"text": "On"}, {"text": "Back", "goto": "a"}]


def test_what_a_program_made_of_a_text_is_read_as_it_was_written(env: Environment) -> None:
    rows = [
        [
            "id",
            "type",
            "title",
            "messages.1.text.ru",
            "messages.1.text.en",
            "drip.date",
            "drip.at",
            "correct_answer",
            "text",
        ],
        ["a", "lesson", 5.0, "да", "yes", datetime(2030, 1, 2), time(9, 30)],  # noqa: DTZ001 - as openpyxl gives it
        ["b", "input", None, None, None, None, None, False, 0.5],
    ]
    lesson, asked = dump_flow(course(read(env, xlsx(rows), "a.xlsx")))["steps"]
    assert (lesson["title"], lesson["drip"]) == ("5", {"date": "2030-01-02", "at": "09:30"})
    assert lesson["messages"] == [{"text": {"ru": "да", "en": "yes"}}]
    assert (asked["correct_answer"], asked["text"]) == ("no", "0.5")


ODD = {
    "no columns": ([["a", "b"], ["c", "d"]], [(Severity.WARNING, 1, Why.UNKNOWN_COLUMN)] * 2 + [(Severity.ERROR, 1, Why.NO_COLUMNS)]),
    "nothing at all": ([], [(Severity.ERROR, 1, Why.NO_COLUMNS)]),
    "only titles": ([["id", "type"]], [(Severity.ERROR, 0, Why.EMPTY)]),
    "unknown column": ([["id", "type", "colour"], ["a", "end", "red"]], [(Severity.WARNING, 1, Why.UNKNOWN_COLUMN)]),
    "column twice": ([["id", "type", "type"], ["a", "end"]], [(Severity.ERROR, 1, Why.COLUMN_TWICE)]),
    "a field of another element": ([["id", "type", "wait"], ["a", "end", "1h"]], [(Severity.WARNING, 2, Why.UNKNOWN_KEY)]),
    "no id": ([["id", "type"], ["a", "end"], [None, "end"]], [(Severity.ERROR, 3, Why.MISSING)]),
    "id twice": ([["id", "type"], ["a", "end"], ["a", "end"]], [(Severity.ERROR, 3, Why.DUPLICATE)]),
    "unknown type": ([["id", "type"], ["a", "poem"]], [(Severity.ERROR, 2, Why.UNKNOWN_TYPE)]),
    "two right": ([["id", "type", "text", "answers"], ["a", "quiz", "q", "+a\n+b"]], [(Severity.ERROR, 2, Why.QUIZ_RIGHT)]),
    "no such file": ([["id", "type", "text", "media"], ["a", "message", "t", "cat.png"]], [(Severity.ERROR, 2, Why.LINKS_ONLY)]),
    "lost goto": ([["id", "type", "wait", "goto"], ["a", "delay", "1h", "z"]], [(Severity.WARNING, 2, Why.UNKNOWN_GOTO)]),
    "bad interval": ([["id", "type", "wait"], ["", None], ["a", "delay", "soon"]], [(Severity.ERROR, 3, Why.REFUSED)]),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_odd_is_named_with_its_row(env: Environment, case: str, kind: str) -> None:
    rows, found = ODD[case]
    content = xlsx(rows) if kind == "xlsx" else as_csv(rows)
    assert places(read(env, content, f"a.{kind}")) == found


def test_what_is_no_workbook_is_said(env: Environment) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.txt", "hi")
    for content in (
        b"",
        b"PK\3\4 broken",
        packed.getvalue(),
        xlsx(TABLE)[:-100],
        xlsx(TABLE)[:500] + b"x" * 900,
    ):
        assert places(read(env, content, "a.xlsx")) == [(Severity.ERROR, 0, Why.NO_WORKBOOK)]


def test_what_is_packed_too_large_is_not_opened(env: Environment) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * (workbooks.MOST_UNPACKED + 1))
    assert len(packed.getvalue()) < 200_000
    assert places(read(env, packed.getvalue(), "a.xlsx")) == [(Severity.ERROR, 0, Why.TOO_LARGE)]


def test_a_sheet_of_too_many_rows_is_an_error_and_empty_ones_do_not_count(env: Environment) -> None:
    many = [["id", "type"], *([f"e{n}", "end"] for n in range(tables.MOST_ROWS))]
    assert places(read(env, as_csv(many), "a.csv"))[-1][2] is Why.TOO_LARGE
    book = Workbook()
    book.active.append(["id", "type"])
    book.active.append(["a", "end"])
    book.active.cell(1_048_576, 1).number_format = "0.00"
    content = io.BytesIO()
    book.save(content)
    assert len(course(read(env, content.getvalue(), "a.xlsx")).steps) == 1


def test_a_table_with_broken_separators_is_said(env: Environment) -> None:
    assert places(read(env, b'id,type\n"' + b"x" * 200_000, "a.csv")) == [(Severity.ERROR, 0, Why.NO_CSV)]
    assert places(read(env, b"id,type\na\0,end", "a.csv")) == [(Severity.ERROR, 0, Why.NOT_UTF8)]


@pytest.mark.parametrize("kind", [*DOCUMENTS, ""])
def test_every_element_comes_back_from_a_workbook(kind: str) -> None:
    flow = parse_flow(make_document(*([kind] if kind else [])))
    back = course(read(FACTS, write_workbook(flow), "other.xlsx"))
    assert dump_flow(back) == dump_flow(flow)


def test_an_imported_course_comes_back_from_a_workbook() -> None:
    flow = read_path(FACTS, COURSE_FILE).courses[0].flow
    back = course(read(FACTS, write_workbook(flow), "other.xlsx"))
    assert dump_flow(back) == dump_flow(flow)
    assert back.steps[0].parse_mode is ParseMode.MARKDOWN  # type: ignore[union-attr]


@given(flows())
@settings(max_examples=60, deadline=None)
def test_any_flow_that_fits_into_cells_comes_back_from_a_workbook(flow: Flow | None) -> None:
    if flow is None or "{{" in repr(flow).replace("{{user.user_name}}", ""):
        return
    try:
        content = write_workbook(flow)
    except DomainError:
        return
    assert dump_flow(course(read(FACTS, content, "other.xlsx"))) == dump_flow(flow)


def test_a_text_that_fits_into_no_cell_is_refused() -> None:
    for text in ("a\rb", "x" * 32_768, "_x000D_"):
        flow = parse_flow({**make_document("end"), "name": text})
        with pytest.raises(DomainError, match="NO_TABLE"):
            write_workbook(flow)


def test_no_text_of_an_export_is_a_formula() -> None:
    document = {
        "kind": "course",
        "slug": "a",
        "name": "=1+1",
        "steps": [{"key": "a", "type": "end", "text": "=cmd|' /C calc'!A0"}],
    }
    book = load_workbook(io.BytesIO(write_workbook(parse_flow(document))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sum(str(cell.value).startswith("=") for cell in cells) == 2


QUIZ = [
    ["id", "type", "text", "answer 1", "answer 2", "correct 1"],
    ["a", "quiz", "2 + 2", "four", "=1+4", "yes"],
]


def with_cached(content: bytes, cell: str, cached: str) -> bytes:
    """A workbook whose formula has this value beside it, as a program leaves it."""
    came, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in came.namelist():
            content = came.read(name)
            if name == "xl/worksheets/sheet1.xml":
                pattern = rf'<c r="{cell}"[^>]*>(<f>.*?</f>)<v ?/?>(?:</v>)?</c>'
                start, _, rest = cached.partition("@")
                text, times = re.subn(pattern, rf'<c r="{cell}" {start}\1{rest}</c>', content.decode())
                assert times == 1, text
                content = text.encode()
            archive.writestr(name, content)
    return made.getvalue()


def test_a_formula_without_a_value_is_an_error_with_its_cell(env: Environment) -> None:
    for rows, cell in ((QUIZ, "E2"), ([["id", "type", "=A1"], ["a", "end"]], "C1")):
        (found,) = [
            one for one in read(env, xlsx(rows), "a.xlsx").report.findings if one.severity is Severity.ERROR
        ]
        assert (found.why, found.values["cell"], found.line) == (Why.FORMULA, cell, int(cell[1:]))


@pytest.mark.parametrize(("cached", "second"), [('t="n">@<v>5</v>', "5"), ('t="str">@<v>five</v>', "five")])
def test_a_formula_with_a_value_is_its_value(env: Environment, cached: str, second: str) -> None:
    flow = course(read(env, with_cached(xlsx(QUIZ), "E2", cached), "a.xlsx"))
    assert [one.text["*"] for one in flow.steps[0].answers] == ["four", second]  # type: ignore[union-attr]


def test_a_formula_that_went_wrong_is_an_error_and_an_empty_text_is_none(env: Environment) -> None:
    wrong = read(env, with_cached(xlsx(QUIZ), "E2", 't="e">@<v>#REF!</v>'), "a.xlsx")
    assert [(one.why, one.values["cell"]) for one in wrong.report.findings] == [(Why.FORMULA, "E2")]
    empty = read(env, with_cached(xlsx(QUIZ), "E2", 't="str">@<v></v>'), "a.xlsx")
    assert [one.why for one in empty.report.findings] == [Why.ONE_ANSWER]


@pytest.mark.parametrize(
    ("answers", "why"),
    [(["four", None], Why.ONE_ANSWER), (["four", " FOUR "], Why.SAME_ANSWERS), (["four", "five"], None)],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_quiz_without_a_choice_is_a_warning(
    env: Environment, answers: list[str | None], why: Why | None, kind: str
) -> None:
    rows = [QUIZ[0], ["a", "quiz", "2 + 2", *answers, "yes"]]
    batch = read(env, xlsx(rows) if kind == "xlsx" else as_csv(rows), f"a.{kind}")
    assert places(batch) == ([(Severity.WARNING, 2, why)] if why else [])
    assert len(batch.courses) == 1


def test_a_column_of_three_thousand_parts_is_an_unknown_one(env: Environment) -> None:
    deep = "text" + ".a" * 3_000
    for kind, content in (("csv", as_csv([["id", "type", deep], ["a", "end", "x"]])), ("xlsx", xlsx([["id", "type", deep], ["a", "end", "x"]]))):  # fmt: skip
        batch = read(env, content, f"a.{kind}")
        assert places(batch) == [(Severity.WARNING, 1, Why.UNKNOWN_COLUMN)]
        assert [one.key for one in batch.courses[0].flow.steps] == ["a"]


SHEET = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-x"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=7", "&gid=7"),
        (f"https://docs.google.com/spreadsheets/d/{SHEET}/edit?gid=0#gid=0", "&gid=0"),
        (f" https://docs.google.com/spreadsheets/u/1/d/{SHEET}/edit?usp=sharing ", ""),
        (f"https://docs.google.com/spreadsheets/d/{SHEET}", ""),
        (f"http://docs.google.com/spreadsheets/d/{SHEET}/edit", None),
        (f"https://docs.google.com.evil.example/spreadsheets/d/{SHEET}/edit", None),
        (f"https://evil@example.com/spreadsheets/d/{SHEET}/edit", None),
        (f"https://docs.google.com:8443/spreadsheets/d/{SHEET}/edit", None),
        (f"https://docs.google.com:x/spreadsheets/d/{SHEET}/edit", None),
        ("https://docs.google.com/document/d/e/2PACX-abcdefghijkl/pub", None),
        ("https://docs.google.com/presentation/d/abcdefghijkl/edit", None),
        ("https://[::1/spreadsheets", None),
        ("courses/a.yml", None),
    ],
)
def test_only_links_to_google_sheets_are_turned_into_their_csv(link: str, found: str | None) -> None:
    address = f"https://docs.google.com/spreadsheets/d/{SHEET}/export?format=csv{found}"
    assert find_export(link) == (None if found is None else Export(address, "sheet.csv"))


def test_a_link_to_a_google_document_is_turned_into_its_word_file() -> None:
    export = find_export(f"https://docs.google.com/document/u/0/d/{SHEET}/edit?tab=t.0#heading=h.1")
    assert export == Export(f"https://docs.google.com/document/d/{SHEET}/export?format=docx", "document.docx")
    assert export.is_document
