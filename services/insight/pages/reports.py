"""The numbers page by page: each of people is counted by the condition that lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.naming import name_step
from core.rules.local_time import to_instant
from services.content import flows
from services.insight.figures import list_source_sales, list_stops
from services.insight.picture import FUNNEL
from services.insight.schemas import NoMoney, Stop
from services.insight.store import reports as store
from services.people.admins import find_zone
from services.people.conditions import pages, read_audience
from services.people.conditions.numbers.counted import NONE

MOST_STOPS = 100
Condition = Mapping[str, Any]


@dataclass(frozen=True)
class Period:
    """From when, and until when; either may be open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Number:
    """How many people, and the condition that lists them."""

    people: int
    condition: Condition


@dataclass(frozen=True)
class Source:
    """Where buyers came from: paid orders, money by currency, the buyers."""

    name: str | None
    orders: int
    sums: Mapping[str, int]
    buyers: Number
    tests: NoMoney


@dataclass(frozen=True)
class Cohort:
    """Who came in one month: how many, how many of them paid and finished by now, and the money of theirs that stayed."""

    since: datetime
    until: datetime
    came: Number
    paid: Number
    finished: Number
    sums: Mapping[str, int]


@dataclass(frozen=True)
class Quiz:
    """A question with points at a step: how often it was answered, how often all of it was right, points of the most."""

    flow: str
    version: int
    step: str
    title: Mapping[str, str]  # what people call the step
    answers: int
    right: int
    points: float
    most: float
    answered: Number


@dataclass(frozen=True)
class Worth:
    """What came of people in a currency, what of it went back, and who paid; tests brought nothing."""

    currency: str
    came: int
    back: int
    payers: Number

    @property
    def average(self) -> int:
        """What of a payer stayed, in minor units, rounded down."""
        return (self.came - self.back) // self.payers.people if self.payers.people else 0


@dataclass(frozen=True)
class Availability:
    """A bot, what became of its messages, and whom it cannot write to now."""

    bot: Any
    shut_out: Number


def write_counted(number: str, period: Period, which: str | None = None) -> Condition:
    """The condition of a number's people."""
    asked = {
        "number": number,
        "since": period.since and period.since.isoformat(),
        "until": period.until and period.until.isoformat(),
        "which": which,
    }
    return {"counted": {name: value for name, value in asked.items() if value is not None}}


async def count_number(uow: UnitOfWork, condition: Condition) -> Number:
    """How many people a condition has."""
    people = await read_audience(uow, condition)
    return Number(await pages.count_people(uow, people, None), condition)


async def list_funnel(uow: UnitOfWork, period: Period) -> Sequence[tuple[str, Number]]:
    """The way from the first start to the finished course."""
    return [(stage, await count_number(uow, write_counted(stage, period))) for stage in FUNNEL]


async def list_sources(uow: UnitOfWork, since: datetime | None) -> list[Source]:
    """Where those came from who bought, whoever brought most orders first."""
    return [
        Source(
            sale.name,
            sale.paid,
            sale.sums,
            await count_number(uow, write_counted("source", Period(since), sale.name or NONE)),
            sale.tests,
        )
        for sale in await list_source_sales(uow, since)
    ]


async def list_cohorts(uow: UnitOfWork, months: int) -> list[Cohort]:
    """The people of each of the last months, this one first; months begin on the first admin's wall."""
    zone = await find_zone(uow)
    begins = list_months(uow.now, zone, months)
    return [
        await _cohort(uow, Period(since, until))
        for since, until in zip(begins, [None, *begins[:-1]], strict=True)
    ]


async def _cohort(uow: UnitOfWork, period: Period) -> Cohort:
    came = write_counted("started", period)
    paid, finished = ({"all": [came, write_counted(number, Period())]} for number in ("paid", "finished"))
    money = await store.sum_payments(uow.conn, uow.account_id, None, await read_audience(uow, came))
    return Cohort(
        since=period.since or uow.now,
        until=period.until or uow.now,
        came=await count_number(uow, came),
        paid=await count_number(uow, paid),
        finished=await count_number(uow, finished),
        sums={row.currency: int(row.came - row.back) for row in money},
    )


def list_months(now: datetime, zone: str, number: int) -> list[datetime]:
    """When the last months began on a wall in a zone, this one first."""
    day = now.astimezone(ZoneInfo(zone)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None
    )
    begins = []
    for _ in range(number):
        begins.append(to_instant(day, zone))
        day = (day - timedelta(days=1)).replace(day=1)
    return begins


async def list_drop_off(uow: UnitOfWork) -> list[tuple[Stop, Number]]:
    """Where people have stopped for days, the step with most of them first."""
    return [
        (stop, await count_number(uow, write_counted("stop", Period(), _write(stop))))
        for stop in await list_stops(uow, MOST_STOPS)
    ]


def _write(stop: Stop) -> str:
    return f"{stop.place.slug}/{stop.place.number}/{stop.place.step}"


async def list_quizzes(uow: UnitOfWork, since: datetime | None, flow_id: int | None) -> list[Quiz]:
    """Each question with points, flow by flow."""
    rows = await store.list_quizzes(uow.conn, uow.account_id, since, flow_id)
    known = await flows.load_flows(uow, [row.version_id for row in rows])
    return [_quiz(row, since, known[row.version_id]) for row in rows]


def _quiz(row: Any, since: datetime | None, flow: Flow) -> Quiz:
    condition = write_counted("quiz", Period(since), f"{row.slug}/{row.number}/{row.step}")
    answered = Number(row.people, condition)
    counts = int(row.answers), int(row.right), float(row.points), float(row.most)
    return Quiz(row.slug, row.number, row.step, name_step(flow, row.step), *counts, answered)


async def list_worth(uow: UnitOfWork, since: datetime | None) -> list[Worth]:
    """By currency what people have paid, and what of that stayed."""
    everybody = await read_audience(uow, None)
    return [
        Worth(
            row.currency,
            int(row.came),
            int(row.back),
            Number(row.people, write_counted("payer", Period(since), row.currency)),
        )
        for row in await store.sum_payments(uow.conn, uow.account_id, since, everybody)
    ]


async def list_availability(uow: UnitOfWork, since: datetime | None) -> list[Availability]:
    """Each bot, those that work first."""
    return [
        Availability(row, await count_number(uow, write_counted("bot", Period(), str(row.id))))
        for row in await store.list_bots(uow.conn, uow.account_id, since)
    ]
