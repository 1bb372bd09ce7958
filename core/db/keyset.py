"""Lists in pages: the rows behind a place, in an order that an index gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement


@dataclass(frozen=True)
class Order:
    """By which columns rows stand; the last one tells all rows apart, and none of them is ever empty."""

    columns: tuple[Column[Any], ...]
    descending: bool = False

    def place_of(self, row: Any) -> list[Any]:
        """Where a row stands."""
        return [getattr(row, column.name) for column in self.columns]


def by_number(column: Column[int]) -> Mapping[str, Order]:
    """The newest first, or the oldest, by the names the API has for it: rows are numbered as they come."""
    return {"-id": Order((column,), descending=True), "id": Order((column,))}


@dataclass(frozen=True)
class Slice:
    """So many rows behind a place, or from the beginning."""

    order: Order
    limit: int | None
    after: Sequence[Any] | None = None

    def cut(self, rows: Select[Any]) -> Select[Any]:
        """These of the selected rows."""
        order = self.order
        if self.after is not None:
            rows = rows.where(_behind(order, self.after))
        return rows.order_by(
            *(column.desc() if order.descending else column for column in order.columns)
        ).limit(self.limit)


def narrow(rows: Select[Any], asked: Mapping[ColumnElement[Any], Any]) -> Select[Any]:
    """Those of the selected rows whose columns are as asked; None asks nothing."""
    return rows.where(*(column == value for column, value in asked.items() if value is not None))


def _behind(order: Order, place: Sequence[Any]) -> ColumnElement[bool]:
    here, there = tuple_(*order.columns), tuple_(*place, types=[column.type for column in order.columns])
    clause: ColumnElement[bool] = here < there if order.descending else here > there
    return clause


# all accounts: the selected rows are those of one
async def count_up_to(conn: AsyncConnection, rows: Select[Any], most: int) -> int:
    """How many rows are selected; looks at no more than `most`."""
    return int(await conn.scalar(select(func.count()).select_from(rows.limit(most).subquery())) or 0)
