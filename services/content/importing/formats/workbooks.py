"""Workbooks (XLSX) and texts with separators (CSV) as rows; their size is looked at before they are opened."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from core.flow.definition import Flow
from core.text.refusal import Words, words
from services.content.importing.formats.courses import Reading
from services.content.importing.formats.question_bank import is_bank, read_bank
from services.content.importing.formats.tables import MOST_COLUMNS, MOST_ROWS, Row, read_about, read_table
from services.content.importing.mishaps import megabytes
from services.content.importing.nodes import MOST_BYTES, Entries
from services.content.importing.report import Why

HEAD_SHEET = "course"
ELEMENTS_SHEET = "elements"
MOST_UNPACKED = 100_000_000
_SEPARATORS = (";", ",", "\t")
_ENCODINGS = ("utf-8-sig", "cp1251")
_HEAD_ROWS = 1_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")


def read_workbook(content: bytes, slug: str, reading: Reading) -> Flow | None:
    """The course of a workbook: its sheet `elements`, else its first one; `course` says how it is called."""
    if not _is_small(content, reading):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of decorations it does not know
        try:
            return _read_sheets(content, slug, reading)
        except MemoryError:
            raise  # a limit was reached, and says so itself
        except Exception:  # loop edge: the other files of the import are still read
            reading.notes.error(0, Why.NO_WORKBOOK)
            return None


def _is_small(content: bytes, reading: Reading) -> bool:
    if len(content) > MOST_BYTES:
        reading.notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES))
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(file.file_size for file in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        reading.notes.error(0, Why.NO_WORKBOOK)
        return False
    if unpacked > MOST_UNPACKED:
        reading.notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_UNPACKED))
    return unpacked <= MOST_UNPACKED


def _read_sheets(content: bytes, slug: str, reading: Reading) -> Flow | None:
    from openpyxl import load_workbook  # it takes a while to import, and most files are YAML

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {sheet.title.strip().lower(): sheet for sheet in book.worksheets}
        if not sheets:
            reading.notes.error(0, Why.EMPTY)
            return None
        about = sheets.pop(HEAD_SHEET, None)
        elements = sheets.get(ELEMENTS_SHEET) or next(iter(sheets.values()), about)
        head = None
        if about is not None and about is not elements:
            head = read_about(about.iter_rows(max_row=_HEAD_ROWS, max_col=2, values_only=True))
        rows = elements.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
        flow = _read_rows(_trim(rows), head, slug, reading)
        titles = [sheet.title for sheet in (about, elements) if sheet is not None]
        return None if _note_formulas(content, titles, reading) else flow
    finally:
        book.close()


def _note_formulas(content: bytes, titles: Sequence[str], reading: Reading) -> bool:
    """Note the formulas whose value nobody has calculated, and those that went wrong; whether there are any."""
    from openpyxl import load_workbook

    if not _has_formulas(content):
        return False
    before = reading.notes.report.errors
    asked, told = (
        load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
        for data_only in (False, True)
    )
    try:
        for title in dict.fromkeys(titles):
            _note_lacking(asked[title], told[title], reading)
    finally:
        asked.close()
        told.close()
    return reading.notes.report.errors > before


def _note_lacking(asked: Any, told: Any, reading: Reading) -> None:
    bounds = {"max_row": MOST_ROWS + 1, "max_col": MOST_COLUMNS}
    for formulas, values in zip(asked.iter_rows(**bounds), told.iter_rows(**bounds), strict=True):
        for formula, value in zip(formulas, values, strict=True):
            if formula.data_type == "f" and _is_lacking(value):
                reading.notes.error(formula.row, Why.FORMULA, cell=formula.coordinate)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
        return any(_FORMULA.search(packed.read(name)) for name in sheets)


def _is_lacking(cell: Any) -> bool:
    """No value at all (an empty text would be one), or what a program writes for an error."""
    return cell.data_type == "e" or (cell.value is None and cell.data_type != "str")


def _trim(rows: Iterator[Row]) -> Iterator[Row]:
    """Without the empty rows at the end, of which a sheet may have a million."""
    waiting = 0
    for row in rows:
        if any(cell is not None for cell in row):
            yield from [()] * waiting
            waiting = 0
            yield row
        else:
            waiting += 1


def read_csv(content: bytes, slug: str, reading: Reading) -> Flow | None:
    """The course of a text with commas, semicolons or tabs between the cells, in UTF-8 or Windows-1251."""
    if len(content) > MOST_BYTES:
        reading.notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES))
        return None
    text = decode_csv(content)
    if text is None or "\0" in text:
        reading.notes.error(0, Why.NOT_UTF8)
        return None
    try:
        return _read_rows(split_rows(text), None, slug, reading)
    except csv.Error as error:
        reading.notes.error(0, Why.NO_CSV, problem=explain_csv(error))
        return None


def _read_rows(rows: Iterator[Row], head: Entries | None, slug: str, reading: Reading) -> Flow | None:
    """A question bank or a table of elements, by the names of its columns."""
    first = next(rows, ())
    every = chain([first], rows)
    return read_bank(every, slug, reading) if is_bank(first) else read_table(every, head, slug, reading)


def decode_csv(content: bytes) -> str | None:
    """The text of a CSV file in UTF-8 or Windows-1251; None if it is neither."""
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def explain_csv(error: csv.Error) -> Words:
    """Why a text is no table."""
    is_long = "field larger than" in str(error)
    return words("refused-cell", most=csv.field_size_limit()) if is_long else words("refused-rows")


def split_rows(text: str) -> Iterator[Row]:
    """The rows of a CSV text, whole numbers as such: a text of digits is the same either way."""
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield [int(cell) if _WHOLE.fullmatch(cell) else cell for cell in row[:MOST_COLUMNS]]
