"""What an owner sees first: what needs somebody, what today has brought, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.rules.local_time import to_instant
from services.commerce.access.why import SETTLED, measure_ungranted
from services.insight.figures import count_money
from services.insight.pages.reports import Condition, Number, Period, count_number, write_counted
from services.insight.schemas import MoneyFigures
from services.insight.store import home as store
from services.people.admins import find_zone

NO_ACCESS = "no-access"
PEOPLE: Mapping[str, tuple[str, timedelta]] = {
    NO_ACCESS: ("unopened", SETTLED),
    "works-late": ("in_review", store.LATE),
    "questions-late": ("asked", store.LATE),
}
"""Whose number a line is, and how long ago it began."""
AHEAD = timedelta(days=1)
DUE: Mapping[str, str] = {"run": "lessons", "broadcast_start": "broadcasts", "subscription": "charges"}
"""What the timers are for that the page tells of, by their kinds."""


@dataclass(frozen=True)
class RedLine:
    """Why somebody has to look: how many things there are of it, since when the oldest waits."""

    cause: str
    number: int
    since: datetime | None
    condition: Condition | None = None  # that lists the people it is about, where it is about people


@dataclass(frozen=True)
class Due:
    """What comes within a day: how much of it, and when it begins."""

    what: str
    number: int
    at: datetime


@dataclass(frozen=True)
class Home:
    """The page; `since` is when today began for the first admin."""

    red: Sequence[RedLine]
    since: datetime
    zone: str
    money: MoneyFigures
    newcomers: Number
    lessons: int
    due: Sequence[Due]


async def look(uow: UnitOfWork) -> Home:
    """All of it."""
    zone = await find_zone(uow)
    since = begin_of_day(uow.now, zone)
    return Home(
        red=await list_red(uow),
        since=since,
        zone=zone,
        money=await count_money(uow, since),
        newcomers=await count_number(uow, write_counted("started", Period(since))),
        lessons=await store.count_lessons(uow.conn, uow.account_id, since),
        due=await list_due(uow),
    )


async def list_red(uow: UnitOfWork) -> list[RedLine]:
    """A line per cause that there is something of, who paid and has nothing first."""
    measured = {NO_ACCESS: await measure_ungranted(uow)}
    for cause in store.CAUSES:
        measured[cause] = await store.measure_cause(uow.conn, uow.account_id, cause, uow.now)
    lines = [RedLine(cause, *measure, _list_people(cause, uow.now)) for cause, measure in measured.items()]
    return [line for line in lines if line.number]


def _list_people(cause: str, now: datetime) -> Condition | None:
    """The people a line is about."""
    if cause not in PEOPLE:
        return None
    number, age = PEOPLE[cause]
    return write_counted(number, Period(until=now - age))


async def list_due(uow: UnitOfWork) -> list[Due]:
    """What comes within a day, what begins first before the others."""
    rows = await store.list_due(uow.conn, uow.account_id, list(DUE), uow.now + AHEAD)
    return [Due(DUE[row.kind], row.number, row.at) for row in rows]


def begin_of_day(now: datetime, zone: str) -> datetime:
    """When the day began on a wall in that zone."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return to_instant(midnight.replace(tzinfo=None), zone)
