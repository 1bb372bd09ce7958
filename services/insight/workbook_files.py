"""Rows as an XLSX file: numbers as numbers, texts as texts, nothing in it is ever calculated."""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

MOST_TEXT = 32_767  # characters of a cell
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file: a line of names that stays in sight, then a line per row; None is an empty cell."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.freeze_panes = "A2"
    titles = [_cell(sheet, name) for name in columns]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, value: object) -> Any:
    """A cell; a text stays a text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, _UNFIT.sub(" ", value)[:MOST_TEXT])
    cell.data_type = "s"
    return cell
