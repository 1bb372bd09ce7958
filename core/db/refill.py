"""Make a database's tables and fill them from rows that were written by any version, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, MetaData, inspect, text

from core.db.base import metadata
from core.db.dump import Shape, Values, clear_tables, write_rows
from core.db.session import Row, run_schema_change

Tell = Callable[[str, int], None]
"""Hears what is being done, and how many rows more of it are."""


@dataclass(frozen=True)
class Filling:
    """What is to be in the database: each table with its number of rows, in order, and how its batches are read.

    `added` are rows of today's tables beside them; `replaces` drops what is there before.
    """

    tables: Sequence[tuple[Shape, int]]
    read: Callable[[str], Iterable[Sequence[Values]]]
    added: Mapping[str, Row] = field(default_factory=dict)
    replaces: bool = False


async def refill(
    url: str,
    filling: Filling,
    begin: Callable[[Connection], None],
    finish: Callable[[Connection], None],
    tell: Tell,
) -> None:
    """`begin` makes the tables as the rows were written, `finish` brings them up to date. ValueError where rows are missing."""

    def work(conn: Connection) -> None:
        if filling.replaces:
            _drop_all(conn)
        begin(conn)
        clear_tables(conn)
        for shape, expected in filling.tables:
            count = write_rows(conn, shape, _told(filling.read(shape.name), shape.name, tell))
            if count != expected:
                raise ValueError(f"the backup is damaged: {shape.name} has {count} of {expected} rows")
        finish(conn)
        for name, row in filling.added.items():
            conn.execute(metadata.tables[name].insert().values(row))
        _look_through(conn)

    await run_schema_change(url, work)


def _told(batches: Iterable[Sequence[Values]], name: str, tell: Tell) -> Iterator[Sequence[Values]]:
    for batch in batches:
        yield batch
        tell(name, len(batch))


def _look_through(conn: Connection) -> None:
    """SQLite looks at no reference while a database is filled; PostgreSQL has looked at each."""
    if conn.dialect.name == "sqlite" and (lost := conn.execute(text("PRAGMA foreign_key_check")).fetchone()):
        raise ValueError(
            f"the backup is damaged: a row of {lost[0]} points to one of {lost[2]} that is not there"
        )


def _drop_all(conn: Connection) -> None:
    """Take out our tables, and what the record of deeds has beside its own; what others keep in the database stays."""
    ours = {*metadata.tables, "alembic_version"}
    there = MetaData()
    there.reflect(conn, only=sorted(ours.intersection(inspect(conn).get_table_names())))
    there.drop_all(conn)
    if conn.dialect.name == "postgresql":
        conn.execute(text("DROP FUNCTION IF EXISTS audit_log_stays()"))
