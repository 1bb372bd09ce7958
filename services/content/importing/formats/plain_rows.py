"""The rows of a table somebody sends, CSV or XLSX, as they are: bounded in size, refused in plain words."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from core.text.refusal import Refused
from services.content.importing.formats.tables import Row
from services.content.importing.formats.workbooks import MOST_UNPACKED, decode_csv, split_rows
from services.content.importing.mishaps import megabytes
from services.content.importing.nodes import MOST_BYTES

MOST_ROWS = 1_000_000


def read_rows(content: bytes, *, is_workbook: bool) -> Iterator[Row]:
    """The rows of the first sheet, or of the text; raises Refused for what is no table, or is too large."""
    if len(content) > MOST_BYTES:
        raise Refused("refused-table-size", limit=megabytes(MOST_BYTES))
    rows = _of_workbook(content) if is_workbook else _of_text(content)
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            raise Refused("refused-table-rows", limit=MOST_ROWS)
        if any(cell not in (None, "") for cell in row):
            yield row


def read_all(content: bytes, *, is_workbook: bool) -> list[Row]:
    """All of them, for a process of its own."""
    return list(read_rows(content, is_workbook=is_workbook))


def _of_text(content: bytes) -> Iterator[Row]:
    text = decode_csv(content)
    if text is None:
        raise Refused("refused-table")
    try:
        yield from split_rows(text)
    except csv.Error:
        raise Refused("refused-table") from None


def _of_workbook(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # it takes a while to import

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(file.file_size for file in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise Refused("refused-table-size", limit=megabytes(MOST_UNPACKED))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of decorations it does not know
            book: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            rows = list(book.worksheets[0].iter_rows(values_only=True))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, IndexError, NotImplementedError) as error:
        raise error if isinstance(error, Refused) else Refused("refused-table") from None
    yield from rows
