"""A row in every table of the schema, made from the schema alone."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, DateTime, Integer, select

from core.db.models import metadata
from core.db.types import UtcDateTime

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


def fill(connection: Connection, *, in_full: bool = False) -> None:
    """One row in each table, those that are referred to first; `in_full`: with all that may be left out, too."""
    made: dict[str, dict[str, Any]] = {}
    for table in metadata.sorted_tables:
        if connection.execute(select(table)).first() is None:
            said = [column for column in table.columns if in_full or not column.nullable]
            row = {column.name: any_value(column, made) for column in said if not is_generated(column)}
            connection.execute(table.insert().values(row))
        made[table.name] = dict(connection.execute(select(table)).mappings().one())


def is_needed(column: Column[Any]) -> bool:
    """Whether a row cannot do without it."""
    return not column.nullable and not is_generated(column)


def is_generated(column: Column[Any]) -> bool:
    """Whether the database gives it."""
    counted = column.primary_key and not column.foreign_keys and column.autoincrement is not False
    return counted and isinstance(column.type, Integer)


def any_value(column: Column[Any], made: dict[str, dict[str, Any]]) -> Any:
    """Something that fits; `made` are the rows of the tables before it, to which it may point."""
    for key in column.foreign_keys:
        return made[key.column.table.name][key.column.name]
    kind = column.type
    if isinstance(kind, UtcDateTime | DateTime):
        return NOW
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Boolean):
        return False
    return 1 if issubclass(kind.python_type, int | float) else "x"
