"""A CSV export: what a spreadsheet would calculate is a text in it, and what it would not stays as it is."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from services.insight.csv_files import write_csv
from services.insight.workbook_files import write_xlsx

FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "-cmd", "@SUM(1+1)", " =1+1", "＝1+1",
    '=HYPERLINK("https://evil.example";"x")', "\N{NO-BREAK SPACE}=1+1",
]  # fmt: skip
PLAIN = [
    "anna",
    "1002",
    "-1001234567890",
    "+79001234567",
    "-0.5",
    "3,14",
    "a=b",
    "1+1",
    "Анна-Мария",
    "",
    "x@y.z",
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_shown_as_a_text(text: str) -> None:
    head, (cell, other) = read(write_csv(("who", "what"), [(text, "said")]))
    assert (head, cell, other) == (["who", "what"], f"'{text}", "said")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("\t=1+1", "'\t'=1+1"),
        ("\r=1", "'\n'=1"),
        ("\n=1+1", "'\n'=1+1"),
        ("x;=1+1;y", "x;'=1+1;y"),
        ("x; @SUM(1)", "x;' @SUM(1)"),
        ("one\n=1+1\ntwo", "one\n'=1+1\ntwo"),
        ("one\r\n\n-2+3", "one\n'\n'-2+3"),
        ("x;＝1+1", "x;'＝1+1"),
    ],
)
def test_none_begins_behind_what_another_spreadsheet_takes_for_a_separator(text: str, cell: str) -> None:
    assert read(write_csv(("a",), [(text,)])) == [["a"], [cell]]


@pytest.mark.parametrize("text", PLAIN)
def test_everything_else_is_as_it_was(text: str) -> None:
    assert read(write_csv(("a", "b"), [(text, 7), (None, "x")]))[1:] == [[text, "7"], ["", "x"]]


def test_separators_quotes_and_lines_stay_in_their_cell() -> None:
    odd = 'a,b;"c"\nd'
    assert read(write_csv(("a",), [(odd,)])) == [["a"], [odd]]


def test_a_workbook_has_numbers_as_numbers_and_formulas_as_texts() -> None:
    rows = [(Decimal("9900.00"), "=1+1", None), (7, "a\x00b", "Анна")]
    sheet = load_workbook(io.BytesIO(write_xlsx(("sum", "what", "who"), rows))).worksheets[0]
    found = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert found == [[(9900, "n"), ("=1+1", "s"), (None, "n")], [(7, "n"), ("a b", "s"), ("Анна", "s")]]
