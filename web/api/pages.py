"""Lists in pages: so many items, in one of the orders a list has, and a cursor to what follows.

A cursor is sealed, and bound to the account, the route, the filters and the order: with others it is no cursor.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field

from core.db.keyset import Order, Slice
from utils.sealed import KeyMissingError
from web.api.calls import ApiCall, get_call
from web.api.models import Answer
from web.api.problems import Problem

LIMIT, MOST = 50, 200
MOST_COUNTED = 10_000
MOST_CURSOR = 1_000
OF_THE_PAGE = frozenset({"limit", "cursor", "count"})
_TIME = "t"
Row = TypeVar("Row")
Item = TypeVar("Item")
Give = Callable[[Slice], Awaitable[Sequence[Row]]]
Tally = Callable[[int], Awaitable[int]]


class Listed(Answer, Generic[Item]):
    """One page; `next` is the cursor of the following one. With `?count=true` how many there are, up to 10,000."""

    items: list[Item]
    next: Annotated[str | None, Field(max_length=MOST_CURSOR)] = None
    count: int | None = None
    exact: bool | None = None


@dataclass(frozen=True)
class ListPage:
    """Which part of a list is asked for."""

    call: ApiCall
    order: Order
    limit: int
    after: Sequence[Any] | None
    counts: bool

    async def take(
        self, give: Give[Row], show: Callable[[Row], Item], tally: Tally | None = None
    ) -> dict[str, Any]:
        """The fields of the list's answer: `give` has the rows of a slice, `show` makes an item of one, `tally` counts."""
        rows = list(await give(Slice(self.order, self.limit + 1, self.after)))
        has_more = len(rows) > self.limit
        shown = rows[: self.limit]
        page: dict[str, Any] = {
            "items": [show(row) for row in shown],
            "next": _seal(self.call, self.order.place_of(shown[-1])) if has_more else None,
        }
        if self.counts and tally is not None:
            total = await tally(MOST_COUNTED + 1)
            page |= {"count": min(total, MOST_COUNTED), "exact": total <= MOST_COUNTED}
        return page


def paged(orders: Mapping[str, Order]) -> Any:
    """What a list's handler takes as its `page`; `orders` are the values of `sort`, the first one is taken by itself."""
    names = list(orders)

    def read(
        call: Annotated[ApiCall, Depends(get_call)],
        limit: Annotated[int, Query(ge=1, le=MOST, description="So many items.")] = LIMIT,
        cursor: Annotated[str | None, Query(max_length=MOST_CURSOR, description="`next` of a page.")] = None,
        sort: Annotated[str, Query(json_schema_extra={"enum": names}, description="The order.")] = names[0],
        *,
        count: Annotated[bool, Query(description="Say how many there are.")] = False,
    ) -> ListPage:
        if sort not in orders:
            raise Problem(400, "SORT_WRONG")
        after = None if cursor is None else _open(call, cursor, len(orders[sort].columns))
        return ListPage(call, orders[sort], limit, after, count)

    return Depends(read)


def _place(call: ApiCall) -> str:
    """What a cursor is bound to."""
    asked = sorted(item for item in call.request.query_params.multi_items() if item[0] not in OF_THE_PAGE)
    return f"cursor/{call.account_id}/{call.operation}/{call.row_ids}/{json.dumps(asked)}"


def _seal(call: ApiCall, values: Sequence[Any]) -> str:
    plain = [{_TIME: value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return call.db.env.keys.seal(json.dumps(plain), _place(call))


def _open(call: ApiCall, cursor: str, length: int) -> Sequence[Any]:
    try:
        values = json.loads(call.db.env.keys.open(cursor, _place(call)))
    except (KeyMissingError, UnicodeEncodeError):
        raise Problem(400, "CURSOR_WRONG") from None
    if len(values) != length:
        raise Problem(400, "CURSOR_WRONG")
    return [datetime.fromisoformat(value[_TIME]) if isinstance(value, dict) else value for value in values]
