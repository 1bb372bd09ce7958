"""Rows as a workbook to be kept; what writes it is imported by who asks for one."""

import asyncio
from collections.abc import Sequence

from fastapi import Response

from web.api.problems import Problem

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000


async def answer_workbook(name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Response:
    """The file, written beside everything else; 409 for more rows than it takes."""
    from services.insight.workbook_files import write_xlsx  # most processes never write one

    if len(rows) > MOST_ROWS:
        raise Problem(409, "RESULT_LARGE")
    return show_workbook(name, await asyncio.to_thread(write_xlsx, columns, rows))


def show_workbook(name: str, content: bytes) -> Response:
    """A file that is there, under a name without its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, headers=headers, media_type=WORKBOOK)
