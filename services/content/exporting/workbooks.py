"""A flow as a workbook: the sheet `course` says how it is called, `elements` has a row for each step."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, dump_flow, dump_head

MOST_TEXT = 32_767  # characters of a cell
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\r\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_WIDTH = 40


def write_workbook(flow: Flow) -> bytes:
    """The bytes of an XLSX file that `tandem import` reads; raises NO_TABLE if a text fits into no cell."""
    document = dump_flow(flow)
    head = [pair for name, value in dump_head(flow).items() for pair in _flatten(value, name)]
    rows = [dict(_row(step)) for step in document["steps"]]
    for value in (*dict(head).values(), *(content for row in rows for content in row.values())):
        _check(value)
    book = Workbook(write_only=True)
    about = book.create_sheet("course")
    for pair in head:
        about.append([_cell(about, content) for content in pair])
    titles = list(dict.fromkeys(title for row in rows for title in row))
    sheet = book.create_sheet("elements")
    sheet.freeze_panes = "C2"
    for place in range(len(titles)):
        sheet.column_dimensions[_letter(place)].width = _WIDTH
    sheet.append([_title(sheet, title) for title in titles])
    for row in rows:
        sheet.append([_cell(sheet, row.get(title)) for title in titles])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _row(step: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in step.items():
        yield from _flatten(value, "id" if name == "key" else name)


def _flatten(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The places inside a value, with what stands there: `answers.1.text`."""
    if value == {}:
        raise DomainError(
            ErrorKind.INVALID, "NO_TABLE", f"{path} says nothing, a table loses it; export as YAML"
        )
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flatten(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _flatten(part, f"{path}.{number}")
    else:
        yield path, value


def _check(value: Any) -> None:
    if isinstance(value, str) and (len(value) > MOST_TEXT or _UNFIT.search(value)):
        raise DomainError(ErrorKind.INVALID, "NO_TABLE", f"{value[:60]!r}… fits into no cell; export as YAML")


def _cell(sheet: Any, value: Any) -> Any:
    """A cell; a text stays a text, whatever it begins with: nothing in it is ever calculated."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _title(sheet: Any, title: str) -> Any:
    cell = _cell(sheet, title)
    cell.font = Font(bold=True)
    return cell


def _letter(place: int) -> str:
    return str(get_column_letter(place + 1))
