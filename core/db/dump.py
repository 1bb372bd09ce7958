"""Tables as rows of plain JSON values and back, the same for SQLite and PostgreSQL."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Integer,
    TableClause,
    column,
    func,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from core.db.base import metadata
from core.db.types import UtcDateTime

Kind = Literal["plain", "truth", "instant", "json", "json or nothing"]
TYPES: Mapping[Kind, TypeEngine[Any] | None] = {
    "plain": None,
    "truth": Boolean(),
    "instant": UtcDateTime(),
    "json": JSON(),
    "json or nothing": JSON(none_as_null=True),
}
BATCH = 1_000  # rows of one statement
Values = Sequence[Any]


@dataclass(frozen=True)
class Shape:
    """A table as it was written: its columns in order, each with how its values are to be read.

    It needs no model, so that rows of an older version are read as that version had them.
    """

    name: str
    columns: Mapping[str, Kind]

    def read_back(self, values: Values) -> dict[str, Any]:
        """A row by the names of its columns."""
        return {
            name: datetime.fromisoformat(value) if kind == "instant" and value is not None else value
            for (name, kind), value in zip(self.columns.items(), values, strict=True)
        }

    def as_table(self) -> TableClause:
        """What an insert needs to know."""
        return table(self.name, *(column(name, TYPES[kind]) for name, kind in self.columns.items()))


def list_shapes() -> Sequence[Shape]:
    """All tables of today, each behind those it points to."""
    return [
        Shape(each.name, {of_table.name: _kind(of_table) for of_table in each.columns})
        for each in metadata.sorted_tables
    ]


async def read_rows(conn: AsyncConnection, name: str) -> AsyncIterator[Sequence[Values]]:
    """All rows of a table of today in batches, by its key."""
    written = metadata.tables[name]
    instants = [number for number, each in enumerate(written.columns) if _kind(each) == "instant"]
    query = select(written).order_by(*written.primary_key.columns.values())
    rows = await conn.stream(query.execution_options(yield_per=BATCH))
    async for batch in rows.partitions():
        yield [_as_json(row, instants) for row in batch]


def clear_tables(conn: Connection) -> None:
    """Take out what migrations have put into tables of their own accord."""
    for each in reversed(inspect(conn).get_table_names()):
        if each != "alembic_version" and conn.scalar(select(func.count()).select_from(table(each))):
            conn.execute(table(each).delete())


def write_rows(conn: Connection, shape: Shape, rows: Iterable[Sequence[Values]]) -> int:
    """Put batches of rows into an empty table, and say how many there were."""
    target, count = shape.as_table(), 0
    for batch in rows:
        conn.execute(target.insert(), [shape.read_back(values) for values in batch])
        count += len(batch)
    _count_on(conn, shape.name)
    return count


def _count_on(conn: Connection, name: str) -> None:
    """PostgreSQL numbers rows by a counter of its own, which has not seen these."""
    if conn.dialect.name == "sqlite":
        return
    for each in inspect(conn).get_columns(name):
        if each["name"] == "id" and isinstance(each["type"], Integer) and each.get("autoincrement"):
            conn.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), GREATEST(max(id), 1), max(id) IS NOT NULL) FROM {name}"  # noqa: S608
                )
            )


def _as_json(row: Values, instants: Sequence[int]) -> Values:
    values = list(row)
    for number in instants:
        if values[number] is not None:
            values[number] = values[number].isoformat()
    return values


def _kind(of: Column[Any]) -> Kind:
    if isinstance(of.type, JSON):
        return "json or nothing" if of.nullable else "json"
    if isinstance(of.type, UtcDateTime):
        return "instant"
    return "truth" if isinstance(of.type, Boolean) else "plain"
