"""Who is behind a number of the page: the people of a figure, of a source, of a step where they stopped."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.db.session import UnitOfWork
from core.text.names import show_name
from services.insight.figures import list_stops
from services.insight.schemas import Behind, BehindNumber, Figures
from services.insight.store import figures as sums
from services.insight.store import people as store
from services.people.conditions.numbers import figures

PAGE = 8
SOURCE, STOP = "source", "stop"
PEOPLE = tuple(figures.WHO)


def name_source(source: str | None) -> str:
    """A source as a button names it: an author's word may be too long for one."""
    return _short(source or "")


def name_stop(version_id: int, step: str) -> str:
    """A step of a version as a button names it."""
    return f"{version_id}_{_short(step)}"


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:10]


async def list_behind(
    uow: UnitOfWork, figure: str, which: str, since: datetime | None, page: int = 0
) -> BehindNumber:
    """A page of the people of a figure; `which` names the source or the step where the figure has several.

    Past the end: the last page. A source or step that there is no more has nobody.
    """
    who = await _find_who(uow, figure, which, since)
    total = await store.count_who(uow.conn, uow.account_id, who) if who is not None else 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    rows: Sequence[Any] = ()
    if who is not None and total:
        rows = await store.list_who(uow.conn, uow.account_id, who, limit=PAGE, offset=page * PAGE)
    return BehindNumber(tuple(_behind(row) for row in rows), page, pages, total)


def count_behind(figures: Figures) -> dict[str, int]:
    """The figures of people and their numbers; nothing of those that are nought."""
    calls = figures.calls
    numbers = {name: getattr(figures, name, None) or getattr(calls, name, 0) for name in PEOPLE}
    return {name: number for name, number in numbers.items() if number}


async def _find_who(uow: UnitOfWork, figure: str, which: str, since: datetime | None) -> Any | None:
    if figure == SOURCE:
        rows = await sums.list_sources(uow.conn, uow.account_id, since)
        for name in {row.name for row in rows}:
            if name_source(name) == which:
                return figures.from_source(uow.account_id, since, name)
        return None
    if figure == STOP:
        for stop in await list_stops(uow):
            if name_stop(stop.version_id, stop.step) == which:
                return figures.at_step(uow.account_id, uow.now, stop.place)
        return None
    return figures.WHO[figure](uow.account_id, since) if figure in figures.WHO else None


def _behind(row: Any) -> Behind:
    name = show_name(row.first_name, row.last_name, row.username, row.telegram_id)
    return Behind(row.id, row.telegram_id, name, row.username, row.at)
