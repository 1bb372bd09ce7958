"""Insight as the edges see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.flow.run import RunStatus
from services.people.conditions.numbers.figures import Place


@dataclass(frozen=True)
class Stage:
    """Where a person is in the course they took last: the step they have before them, none before the start and after the end."""

    course: Mapping[str, str]
    step: str | None
    title: Mapping[str, str] | None  # what people call the step
    day: int  # 1 is the day it started
    status: RunStatus
    held_for: str | None = None  # why, while it is held


@dataclass(frozen=True)
class Person:
    """Somebody in the list of who is where; without a stage they have not entered a course."""

    contact_id: int
    telegram_id: int
    name: str
    username: str | None
    stage: Stage | None
    seen_at: datetime | None


@dataclass(frozen=True)
class People:
    """A page of the list."""

    shown: tuple[Person, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class NoMoney:
    """Purchases for which no money came, because they were tests: how many, and sums in minor units by currency."""

    paid: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TariffFigures:
    """How one tariff sells; `sums` is money in minor units by currency, tests stand beside it."""

    name: Mapping[str, str]
    chosen: int
    paid: int
    sums: Mapping[str, int]
    tests: NoMoney = NoMoney()


@dataclass(frozen=True)
class Sales:
    """What came by one source or code: paid orders and money in minor units by currency; `name` is None for no source."""

    name: str | None
    paid: int
    sums: Mapping[str, int]
    tests: NoMoney = NoMoney()


@dataclass(frozen=True)
class MoneyFigures:
    """What came, what went back and what providers kept, by currency; and by whom it came."""

    revenue: Mapping[str, int]
    refunds: Mapping[str, int]
    fees: Mapping[str, int]
    sources: tuple[Sales, ...]
    promos: tuple[Sales, ...]
    partners: tuple[Sales, ...]
    tests: NoMoney = NoMoney()


@dataclass(frozen=True)
class Calls:
    """What became of the messages the bots had to send."""

    sent: int
    waiting: int
    failed: int
    blocked: int
    held: int


@dataclass(frozen=True)
class Figures:
    """The numbers of a period; people are counted once each, `in_review` and `closed` are of this moment."""

    started: int
    chose: int
    paid: int
    entered: int
    finished: int
    tariffs: tuple[TariffFigures, ...]
    money: MoneyFigures
    in_review: int
    closed: int  # people who have blocked a bot
    calls: Calls
    stops: tuple["Stop", ...] = ()  # where most have stopped, the greatest first


@dataclass(frozen=True)
class Stop:
    """A step of a course or scenario that has waited for so many people for days."""

    version_id: int
    step: str
    flow: Mapping[str, str]
    title: Mapping[str, str]  # what people call the step
    people: int
    place: Place  # the same as conditions write it


@dataclass(frozen=True)
class Behind:
    """Somebody behind a number, and when it happened."""

    contact_id: int
    telegram_id: int
    name: str
    username: str | None
    at: datetime | None


@dataclass(frozen=True)
class BehindNumber:
    """A page of those behind one number."""

    shown: tuple[Behind, ...]
    page: int
    pages: int
    total: int
