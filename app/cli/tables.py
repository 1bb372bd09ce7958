"""A table of the database as a file: CSV, or a workbook if its name ends in `.xlsx`."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from app.cli.base import count, in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

KINDS = (".csv", ".xlsx")
Table = tuple[Sequence[str], Sequence[Sequence[Any]]]  # the columns' names and the rows


def in_table(path: Path, read: "Callable[[UnitOfWork], Awaitable[Table]]") -> NoReturn:
    """Write what `read` gives into a file, and say how much it was."""
    in_unit(partial(_write, path=path, read=read))


async def _write(
    uow: "UnitOfWork", path: Path, read: "Callable[[UnitOfWork], Awaitable[Table]]"
) -> list[str]:
    columns, rows = await read(uow)
    write_table(path, columns, rows)
    return [f"{count(len(rows), 'row')} in {path}"]


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows into a file of the kind its name says; raises ValueError for any other name."""
    from services.insight.csv_files import write_csv
    from services.insight.workbook_files import write_xlsx

    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path}: name a file that ends in {' or '.join(KINDS)}")
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(write_xlsx(columns, rows))
    else:
        path.write_text(write_csv(columns, rows), encoding="utf-8")
