"""Every condition, and every tree of them, holds for exactly those a plain Python filter finds among random people."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db.models.people import contacts
from core.db.session import Database, UnitOfWork
from core.environment import Environment
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.lifecycle import AccessStatus, BotKind, Mailing, MembershipStatus, OrderStatus, PaymentStatus
from services.messaging.broadcasts.starting import count_reach
from services.people.conditions import fits
from services.people.conditions.audience import fitting, recipients, within
from services.people.conditions.base import Scope
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.tree import load_tree, read_tree
from services.people.schemas import Contact
from services.people.segments import save_segment
from services.people.tags import remove_tag
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import add_flow, add_version, make_course, make_scenario
from tests.factories.persons import add_chat, add_contact, add_tag, add_variable
from tests.factories.sales import (
    add_access,
    add_community,
    add_membership,
    add_order,
    add_partner,
    add_payment,
    add_referral,
    add_tariff,
)
from tests.factories.studies import add_run, add_step
from tests.fakes.clock import StillClock

PEOPLE = 30
LESSONS = ("day1", "day2", "day3")
TARIFFS = ("basic", "premium")
STEPS = [{"key": key, "type": "lesson", "title": key, "messages": [{"text": "x"}]} for key in LESSONS] + [
    {"key": "bye", "type": "end"}
]


@dataclass
class Taught:
    """A run, as the filter knows it."""

    flow: str
    status: RunStatus
    spoke_at: datetime
    passed: set[str] = field(default_factory=set)
    utm: Mapping[str, str] | None = None


@dataclass
class Person:
    """Somebody, as the filter knows them."""

    id: int
    language: str
    zone: str
    created_at: datetime
    names: tuple[str, str]
    seen: list[datetime] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    runs: list[Taught] = field(default_factory=list)
    orders: list[tuple[str, OrderStatus, int | None]] = field(
        default_factory=list
    )  # what is left of the money
    accesses: list[tuple[str, AccessStatus, datetime | None]] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    partner: str | None = None
    mailing: Mailing | None = None
    is_here: bool = False  # has the sales bot open


def paid(person: Person, tariff: str | None = None) -> bool:
    return any(
        status is OrderStatus.PAID and left != 0 and tariff in {None, code}
        for code, status, left in person.orders
    )


def open_access(person: Person, now: datetime, code: str | None = None) -> bool:
    return any(
        status is AccessStatus.ACTIVE and (ends is None or ends > now) and code in {None, one}
        for one, status, ends in person.accesses
    )


def progress(person: Person, course: str, at_least: int = 0, at_most: int = 99) -> bool:
    taken = [one for one in person.runs if one.flow == course]
    return bool(taken) and at_least <= len(taken[-1].passed) <= at_most


def came_by(person: Person, **marks: str) -> bool:
    return all(
        person.variables.get(f"utm_{name}") == value
        or any((run.utm or {}).get(f"utm_{name}") == value for run in person.runs)
        for name, value in marks.items()
    )


Filter = Callable[[Person, datetime, Any], bool]
FILTERS: Mapping[str, Filter] = {
    "agreed_to_mailing": lambda one, _, __: one.mailing is Mailing.AGREED,
    "counted": lambda one, _, __: bool(one.orders),
    "created_after": lambda one, _, day: (
        one.created_at >= datetime.combine(date.fromisoformat(day), time(), UTC)
    ),
    "finished": lambda one, _, slug: any(
        run.flow == slug and run.status is RunStatus.COMPLETED for run in one.runs
    ),
    "has_not_paid": lambda one, _, __: not paid(one),
    "has_paid": lambda one, _, tariff: paid(one, tariff),
    "in_segment": lambda one, now, name: (
        one.id in KEPT if name == "kept" else matches(SEGMENTS[name], one, now)
    ),
    "joined": lambda one, _, asked: (
        one.created_at < datetime.combine(date.fromisoformat(asked["before"]), time(), UTC)
    ),
    "joined_group": lambda one, _, chat: chat in one.groups,
    "language": lambda one, _, code: one.language == code,
    "last_seen_days": lambda one, now, days: any(now - at <= timedelta(days=days) for at in one.seen),
    "named": lambda one, _, asked: all(
        any(word.lower().replace("ё", "е").startswith(begun) for word in one.names)
        for begun in asked.lower().replace("ё", "е").split()
    ),
    "no_active_scenario": lambda one, _, __: all(
        run.flow != "welcome" or run.status not in {RunStatus.ACTIVE, RunStatus.HELD} for run in one.runs
    ),
    "paid": lambda one, now, _: open_access(one, now),
    "partner": lambda one, _, code: one.partner == code,
    "progress": lambda one, _, asked: progress(one, **asked),
    "stuck_days": lambda one, now, days: any(
        run.flow == "words" and run.status is RunStatus.ACTIVE and now - run.spoke_at >= timedelta(days=days)
        for run in one.runs
    ),
    "tag": lambda one, _, name: name in one.tags,
    "tariff": open_access,
    "utm": lambda one, _, asked: came_by(one, **asked),
    "variable": lambda one, _, asked: one.variables.get(asked["name"]) == asked["equals"],
    "zone": lambda one, _, name: one.zone == name,
}
SEGMENTS: Mapping[str, Any] = {
    "kept": {"tag": "warm"},
    "live": {"all": [{"tag": "cold"}, {"in_segment": "kept"}]},
}
KEPT: set[int] = set()  # who was in the static one when it was saved
ASKED: Mapping[str, tuple[Any, ...]] = {
    "agreed_to_mailing": (None,),
    "counted": ({"number": "chose"},),
    "created_after": ("2029-12-20", "2030-01-02"),
    "finished": ("words", "welcome", "nothing"),
    "has_not_paid": (None,),
    "has_paid": (None, *TARIFFS),
    "in_segment": ("kept", "live"),
    "joined": ({"before": "2029-12-25"},),
    "joined_group": (-100, -200),
    "language": ("ru", "en", "de"),
    "last_seen_days": (1, 7, 20),
    "named": ("anna", "An", "lind AN", "ален", "Алёна Ив", "nobody"),
    "no_active_scenario": (None,),
    "paid": (None,),
    "partner": ("FRIEND", "NOBODY"),
    "progress": (
        {"course": "words", "at_least": 1},
        {"course": "words", "at_most": 1},
        {"course": "words", "at_least": 2, "at_most": 2},
        {"course": "nothing", "at_most": 9},
    ),
    "stuck_days": (1, 5),
    "tag": ("warm", "cold"),
    "tariff": TARIFFS,
    "utm": ({"source": "ad"}, {"source": "ad", "campaign": "may"}),
    "variable": ({"name": "city", "equals": "Riga"}, {"name": "utm_source", "equals": "ad"}),
    "zone": ("Europe/Moscow", "Europe/Berlin"),
}


def matches(document: Any, person: Person, now: datetime) -> bool:
    """The plain filter."""
    if isinstance(document, str):
        return FILTERS[document](person, now, None)
    [(name, asked)] = document.items()
    if name in {"all", "any"}:
        return (all if name == "all" else any)(matches(one, person, now) for one in asked)
    return not matches(asked, person, now) if name == "not" else FILTERS[name](person, now, asked)


leaf = st.sampled_from([{name: one} if one is not None else name for name in ASKED for one in ASKED[name]])
trees = st.recursive(
    leaf,
    lambda inner: (
        st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | st.builds(lambda one: {"not": one}, inner)
    ),
    max_leaves=6,
)


@dataclass
class Town:
    """What all people have in common."""

    course: int
    scenario: int
    tariffs: Mapping[str, int]
    groups: Mapping[int, int]
    partner: int


async def build(uow: UnitOfWork, dice: random.Random) -> list[Person]:
    await ensure_account(uow)
    for number, kind in ((SALES_BOT, BotKind.SALES), (COURSE_BOT, BotKind.COURSE)):
        await add_bot(uow, number, kind)
    course, scenario = make_course(steps=STEPS), make_scenario()
    flow_id = await add_flow(uow, course)
    versions = (
        await add_version(uow, flow_id, course),
        await add_version(uow, await add_flow(uow, scenario), scenario),
    )
    tariffs = {code: await add_tariff(uow, flow_id, code=code) for code in TARIFFS}
    groups = {chat: await add_community(uow, tariffs["basic"], chat) for chat in (-100, -200)}
    friend = await add_partner(uow, (await add_contact(uow, 99, created_at=uow.now)).id, "FRIEND")
    town = Town(*versions, tariffs, groups, friend)
    return [await live(uow, town, dice, number) for number in range(PEOPLE)]


async def live(uow: UnitOfWork, town: Town, dice: random.Random, number: int) -> Person:
    """A random person, stored and remembered."""
    facts: dict[str, Any] = {
        "language": dice.choice(("ru", "en")),
        "zone": dice.choice(("Europe/Moscow", "Europe/Berlin")),
        "created_at": uow.now - timedelta(days=dice.randrange(30)),
        "mailing": dice.choice((None, *Mailing)),
    }
    names = dice.choice(("Anna", "Алёна", "Annabel", "Lind")), dice.choice(("Lind", "Иванова", ""))
    contact = await add_contact(uow, 1000 + number, first_name=names[0], last_name=names[1], **facts)
    person = Person(contact.id, names=names, **facts)
    for bot_id in (SALES_BOT, COURSE_BOT):
        if dice.random() < 0.7:
            person.is_here |= bot_id == SALES_BOT
            person.seen.append(uow.now - timedelta(days=dice.randrange(25)))
            await add_chat(uow, bot_id, contact, seen_at=person.seen[-1])
    for name in ("warm", "cold"):
        if dice.random() < 0.5:
            person.tags.add(name)
            await add_tag(uow, contact.id, name=name)
    for name, values in (("city", ("Riga", "Oslo")), ("utm_source", ("ad", "post"))):
        if dice.random() < 0.6:
            person.variables[name] = dice.choice(values)
            await add_variable(uow, contact.id, name=name, value=person.variables[name])
    await study(uow, town, dice, contact, person)
    await buy(uow, town, dice, contact, person)
    return person


async def study(uow: UnitOfWork, town: Town, dice: random.Random, contact: Contact, person: Person) -> None:
    """Former runs, and perhaps one that goes on, of the course and of the scenario."""
    for flow, version, bot_id, kind in (
        ("words", town.course, COURSE_BOT, FlowKind.COURSE),
        ("welcome", town.scenario, SALES_BOT, FlowKind.SCENARIO),
    ):
        over = [dice.choice((RunStatus.COMPLETED, RunStatus.STOPPED)) for _ in range(dice.randrange(2))]
        going = [dice.choice((RunStatus.ACTIVE, RunStatus.HELD)) for _ in range(dice.randrange(2))]
        for status in (*over, *going):
            spoke_at = uow.now - timedelta(days=dice.randrange(10))
            utm = {"utm_source": "ad", "utm_campaign": "may"} if dice.random() < 0.3 else None
            run = Taught(flow, status, spoke_at, utm=utm)
            run_id = await add_run(
                uow, contact, bot_id, version, kind=kind, status=status, spoke_at=spoke_at, utm=utm
            )
            for visit in range(dice.randrange(5)):
                step = dice.choice((*LESSONS, "bye"))
                run.passed |= {step} & set(LESSONS)
                await add_step(uow, run_id, step=step, visit=visit)
            person.runs.append(run)


async def buy(uow: UnitOfWork, town: Town, dice: random.Random, contact: Contact, person: Person) -> None:
    """Orders with their money, accesses, groups, a partner."""
    for code in TARIFFS:
        if dice.random() < 0.5:
            status = dice.choice((OrderStatus.PAID, OrderStatus.PAID, OrderStatus.CANCELLED))
            left = dice.choice((None, 0, 100))
            order_id = await add_order(uow, contact, town.tariffs[code], status=status)
            if left is not None:
                await add_payment(
                    uow, order_id, status=PaymentStatus.SUCCEEDED, amount=500, refunded=500 - left
                )
            person.orders.append((code, status, left))
        if dice.random() < 0.5:
            ends_at = dice.choice((None, uow.now - timedelta(days=1), uow.now + timedelta(days=1)))
            state = dice.choice(tuple(AccessStatus))
            access_id = await add_access(uow, contact.id, town.tariffs[code], status=state, ends_at=ends_at)
            person.accesses.append((code, state, ends_at))
            joined = dice.choice((MembershipStatus.JOINED, MembershipStatus.LEFT))
            chat = dice.choice((-100, -200))
            await add_membership(uow, access_id, town.groups[chat], contact.telegram_id, status=joined)
            person.groups |= {chat} if joined is MembershipStatus.JOINED else set()
    if dice.random() < 0.4:
        person.partner = "FRIEND"
        await add_referral(uow, town.partner, contact.id)


async def ask(uow: UnitOfWork, document: Any) -> set[int]:
    """Whom the statement finds, in each of the forms it can have."""
    tree = await load_tree(uow.conn, 1, read_tree(document))
    found = []
    for form in ({}, {"by_lists": True}, {"for_few": True}):
        clause = fitting(tree, Scope(1, uow.now, **form))
        rows = await uow.conn.execute(select(contacts.c.id).where(clause, contacts.c.telegram_id >= 1000))
        found.append(set(rows.scalars()))
    assert found[0] == found[1] == found[2]
    return found[0]


class Room:
    """A database with its random people, and a loop of its own: Hypothesis asks it again and again."""

    def __init__(self, url: str, env: Environment) -> None:
        self.loop = asyncio.new_event_loop()
        self.db = Database(url, StillClock(), env, react)
        self.people = self.run(self._build())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _build(self) -> list[Person]:
        async with self.db.unit(1) as uow:
            people = await build(uow, random.Random(7))
            for name, document in SEGMENTS.items():
                await save_segment(uow, name, document, live=name == "live")
            KEPT.clear()
            KEPT.update(one.id for one in people if "warm" in one.tags)
            changed = next(one for one in people if "warm" in one.tags)
            await remove_tag(uow, changed.id, "warm")  # who is in the static one stays in it
            changed.tags.discard("warm")
        return people

    def check(self, document: Any) -> None:
        self.run(self._check(document))

    async def _check(self, document: Any) -> None:
        async with self.db.unit(1) as uow:
            expected = {one.id for one in self.people if matches(document, one, uow.now)}
            assert await ask(uow, document) == expected, document
            one = self.people[len(str(document)) % PEOPLE]
            assert await fits(uow, one.id, document) == (one.id in expected), "one person's answer is another"
            reach = await count_reach(uow, SALES_BOT, read_tree(document))
            here = [one for one in self.people if one.id in expected and one.is_here]
            assert reach.count == sum(one.mailing is not Mailing.REFUSED for one in here), document
            assert reach.refused == sum(one.mailing is Mailing.REFUSED for one in here)
            assert await self._count_in_line(uow, document) == reach.count

    async def _count_in_line(self, uow: UnitOfWork, document: Any) -> int:
        """How many rows a broadcast would have."""
        tree = await load_tree(uow.conn, 1, read_tree(document))
        people = recipients(SALES_BOT, tree, Scope(1, uow.now))
        return len(list(await uow.conn.execute(within(people, 0, 1_000_000))))

    def close(self) -> None:
        self.run(self.db.close())
        self.loop.close()


def drive(url: str, env: Environment, examples: int) -> None:
    assert ASKED.keys() == CONDITIONS.keys()
    room = Room(url, env)
    try:
        for name, asked in ASKED.items():
            for one in asked:
                room.check(name if one is None else {name: one})

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(trees)
        def any_tree(document: Any) -> None:
            room.check(document)

        any_tree()
    finally:
        room.close()


def test_conditions_hold_for_whom_python_finds(db_url: str, env: Environment) -> None:
    drive(db_url, env, 30)


@pytest.mark.faults
def test_trees_hold_for_whom_python_finds_for_long(db_url: str, env: Environment) -> None:
    drive(db_url, env, 2_000)
