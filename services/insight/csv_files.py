"""Rows as a CSV file that a spreadsheet opens as texts and numbers: nothing in it is ever calculated."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_BEGIN_FORMULAS = tuple("=+-@＝＋－＠")
_BREAKS = ("\t", "\n")
# A spreadsheet set to semicolons, as in most of Europe, begins a cell behind each of them, and a row behind each line
# end, whatever is quoted with commas in mind.
_AFTER_BREAK = re.compile(rf"(?<=[;\t\n])(?=\s*[{re.escape(''.join(_BEGIN_FORMULAS))}])")
_LINE_ENDS = re.compile(r"\r\n?")  # a lone one would end the row for many readers


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file's text: a line of names, then a line per row; None is an empty cell."""
    return write_rows([columns]) + write_rows(rows)


def write_rows(rows: Iterable[Sequence[object]]) -> str:
    """A piece of a file: a line per row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    """A cell's text; one that a program would calculate gets an apostrophe before it, a plain number does not."""
    text = "" if value is None else _AFTER_BREAK.sub("'", _LINE_ENDS.sub("\n", str(value)))
    is_formula = text.lstrip().startswith(_BEGIN_FORMULAS) or text.startswith(_BREAKS)
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text
