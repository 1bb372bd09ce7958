"""The whole way while the process is killed again and again: it ends as if nothing had happened."""

import asyncio
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from core.db.models.commerce import accesses, memberships, orders, payments
from core.db.models.delivery import outbox
from core.db.models.learning import questions, reviews, run_steps, runs, submissions
from core.db.models.people import contacts
from sandbox.client.client import Chat, Message, Person, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.doors import come_in, link_in
from tests.stories.people import Buyer, all_with, buyer, has_button, wait_for
from tests.stories.school import School, admin_of, eventually, group_of

PATIENCE = 240.0  # what is asked for may wait for a process that is just starting
LATEST = 0.6  # seconds after a stage has begun
LONG = [pytest.mark.faults, pytest.mark.timeout(900)]
CASES = [pytest.param(3, False), pytest.param(20, True, marks=LONG)]
VARIES = re.compile(r"(?<=Order )\w{6}|\d\d:\d\d")  # from person to person

ONCE = [
    [("paid", 490_000)],
    [("succeeded",)],
    [("active",)],
    [("joined",)],
    [("answered", "Why one thought?")],
]


@dataclass
class Way:
    """A buyer's way from the first Start to the last lesson, in stages; the admin sees them as they are called."""

    tg: SandboxClient
    one: Buyer
    marina: Person

    @property
    def desk(self) -> Chat:
        return self.marina.chat(self.one.school.course)

    async def start(self) -> None:
        await self.one.person.start(self.one.school.sales)
        await eventually(lambda: has_button(self.one.shop, self.one.words.agree), PATIENCE)

    async def agree(self) -> None:
        await self._press(self.one.shop, self.one.words.agree, "Hello, ")

    async def look_inside(self) -> None:
        await self._press(self.one.shop, self.one.words.inside, "One thought")

    async def see_tariffs(self) -> None:
        await self._press(self.one.shop, self.one.words.choose, self.one.words.premium)

    async def choose(self) -> None:
        await self._press(self.one.shop, self.one.words.feedback, self.one.words.wait)

    async def pay(self) -> None:
        await self.tg.clock.advance(seconds=6)
        await wait_for(self.one.shop, self.one.words.paid, patience=PATIENCE)

    async def get_links(self) -> None:
        await wait_for(self.one.shop, self.one.words.groups, patience=PATIENCE)
        await eventually(lambda: has_button(self.one.shop, self.one.words.open_course), PATIENCE)

    async def join(self) -> None:
        link = link_in(await wait_for(self.one.shop, self.one.words.groups))
        group = await group_of(self.tg, self.one.school, "feedback")
        await come_in(self.one.person, group, link, patience=PATIENCE)

    async def open_course(self) -> None:
        await self.one.shop.press(self.one.words.open_course)
        await wait_for(self.one.lessons, "Day 1", patience=PATIENCE)
        await wait_for(self.one.lessons, "Exercise 1", patience=PATIENCE)

    async def ask(self) -> None:
        await self.one.lessons.send("/ask Why one thought?")
        await wait_for(self.one.lessons, "The curator has your question", patience=PATIENCE)
        await wait_for(self.desk, f"❓ {self.one.person.first_name}", patience=PATIENCE)

    async def answer(self) -> None:
        asked = (await all_with(self.desk, f"❓ {self.one.person.first_name}"))[-1]
        await self.desk.reply(asked, "Because two are one too many")
        await wait_for(self.one.lessons, "Because two", patience=PATIENCE)

    async def hand_in(self) -> None:
        await self._work(1)

    async def send_back(self) -> None:
        await self._judge(1, "На доработку", self.one.words.needs_work)

    async def hand_in_again(self) -> None:
        await self._work(2)

    async def accept(self) -> None:
        await self._judge(2, "Принять", self.one.words.accepted)

    async def second_day(self) -> None:
        await self._day(2)

    async def mark_as_done(self) -> None:
        lesson = next(one for one in await self.one.lessons.messages() if "✅ Done" in one.buttons)
        await self._answered(self.one.lessons, "✅ Done", lesson)

    async def third_day(self) -> None:
        await self._day(3)

    async def fourth_day(self) -> None:
        await self._day(4)
        await wait_for(self.one.lessons, "Exercise 2", patience=PATIENCE)

    async def hand_in_the_last(self) -> None:
        await self._work(3)

    async def accept_the_last(self) -> None:
        await self._judge(3, "Принять", self.one.words.accepted, 2)

    async def last_day(self) -> None:
        await self._day(5)
        await wait_for(self.one.lessons, self.one.words.over, patience=PATIENCE)
        await wait_for(self.one.lessons, "The lessons stay with you", patience=PATIENCE)

    async def _press(self, chat: Chat, button: str, then: str) -> None:
        await eventually(lambda: has_button(chat, button), PATIENCE)
        await self._answered(chat, button)
        await wait_for(chat, then, patience=PATIENCE)

    async def _answered(self, chat: Chat, button: str, message: Message | None = None) -> None:
        with suppress(AssertionError):  # a killed process leaves the press unanswered, not undone
            await chat.press(button, message, timeout=1)

    async def _work(self, number: int) -> None:
        words = f"Work {number} of {self.one.person.first_name}"
        before = len(await all_with(self.one.lessons, self.one.words.received))
        await self.one.lessons.send(words)
        await wait_for(self.one.lessons, self.one.words.received, before + 1, patience=PATIENCE)
        await wait_for(self.desk, words, patience=PATIENCE)

    async def _judge(self, number: int, button: str, then: str, times: int = 1) -> None:
        work = (await all_with(self.desk, f"Work {number} of {self.one.person.first_name}"))[0]
        cards = [one for one in await all_with(self.desk, "📝") if one.id < work.id and one.buttons]
        await self._answered(self.desk, button, cards[-1])
        await wait_for(self.one.lessons, then, times, patience=PATIENCE)

    async def _day(self, number: int) -> None:
        await self.tg.clock.advance(days=1)
        await wait_for(self.one.lessons, f"Day {number}", patience=PATIENCE)


STAGES: Mapping[str, Callable[[Way], Awaitable[None]]] = {
    name: act for name, act in vars(Way).items() if callable(act) and not name.startswith("_")
}


@dataclass
class Fire:
    """Kills the process at a random moment of each stage that the dice have drawn, and starts it again."""

    school: School
    dice: random.Random
    kills: int
    hit: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._drawn = set(self.dice.sample(list(STAGES), self.kills))

    @asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[None]:
        """The stage is not over before the kill that falls into it."""
        striking = asyncio.create_task(self._strike(name)) if name in self._drawn else None
        try:
            yield
        finally:
            if striking:
                await striking

    async def _strike(self, name: str) -> None:
        await asyncio.sleep(self.dice.uniform(0, LATEST))
        assert await asyncio.to_thread(self.school.stop, signal.SIGKILL) == -signal.SIGKILL
        self.hit.append(name)
        await asyncio.to_thread(self.school.start)


@pytest.mark.parametrize(("kills", "compared"), CASES)
def test_killed_on_the_way(kills: int, compared: bool, open_school: OpenSchool, telegram: str) -> None:
    school = open_school("sqlite")
    assert school.command("init").returncode == 0
    school.start()
    asyncio.run(_walk_under_fire(school, telegram, kills, compared=compared))
    assert school.stop() == 0


async def _walk_under_fire(school: School, telegram: str, kills: int, *, compared: bool) -> None:
    """With Bea before them, whom nobody disturbs, Ann is compared in everything they read and is."""
    async with SandboxClient(telegram) as tg:
        await (await admin_of(tg, school)).start(school.course)
        calm = Fire(school, random.Random(kills), 0)
        bea = await _walk(tg, school, "Bea", calm) if compared else None
        fire = Fire(school, random.Random(kills), kills)
        ann = await _walk(tg, school, "Ann", fire)
        await school.assert_well(tg)
        said = Counter(await _read(ann))
        if bea:
            assert set(said) == set(await _read(bea))
            assert await _load_rows(school, ann) == await _load_rows(school, bea)
    assert len(fire.hit) == kills
    assert (await _load_rows(school, ann))[: len(ONCE)] == ONCE
    doubles = [words for words, times in said.items() if times > _expected(ann, words)]
    flagged = await _count_flagged(school)
    assert len(doubles) <= flagged, doubles
    print(f"killed {kills} x on the way ({', '.join(fire.hit)}): said twice {len(doubles)}, marked {flagged}")


async def _walk(tg: SandboxClient, school: School, name: str, fire: Fire) -> Buyer:
    way = Way(tg, await buyer(tg, school, "en", name), await admin_of(tg, school))
    for stage, act in STAGES.items():
        async with fire.stage(stage):
            await act(way)
    return way.one


async def _read(one: Buyer) -> list[str]:
    """All that the two bots have said to them, as they would say it to anybody."""
    chats: Sequence[list[Message]] = (await one.shop.messages(), await one.lessons.messages())
    said = [message for chat in chats for message in chat if message.sender_id != one.person.id]
    return [VARIES.sub("…", str(message)).replace(one.person.first_name, "she") for message in said]


def _expected(one: Buyer, words: str) -> int:
    """How often the bots say this on the way: three works are received, two accepted."""
    return 3 if one.words.received in words else 2 if one.words.accepted in words else 1


async def _load_rows(school: School, one: Buyer) -> list[list[tuple[Any, ...]]]:
    async with school.looking() as conn:
        me = await conn.scalar(select(contacts.c.id).where(contacts.c.telegram_id == one.person.id))
        return [[tuple(row) for row in await conn.execute(question)] for question in _ask_about(me)]


def _ask_about(me: int) -> tuple[Select[Any], ...]:
    """Everything the database says of one person."""
    orders_paid, places = payments.join(orders), memberships.join(accesses)
    steps, works = run_steps.join(runs), submissions.join(runs)
    step = (run_steps.c.step, run_steps.c.visit, run_steps.c.event, run_steps.c.answer)
    return (
        select(orders.c.status, orders.c.price).where(orders.c.contact_id == me),
        select(payments.c.status).select_from(orders_paid).where(orders.c.contact_id == me),
        select(accesses.c.status).where(accesses.c.contact_id == me),
        select(memberships.c.status).select_from(places).where(accesses.c.contact_id == me),
        select(questions.c.status, questions.c.text).where(questions.c.contact_id == me),
        select(*step).select_from(steps).where(runs.c.contact_id == me).order_by(run_steps.c.id),
        select(submissions.c.attempt, submissions.c.status)
        .select_from(works)
        .where(runs.c.contact_id == me)
        .order_by(submissions.c.id),
        select(reviews.c.verdict)
        .select_from(reviews.join(works, reviews.c.submission_id == submissions.c.id))
        .where(runs.c.contact_id == me)
        .order_by(reviews.c.id),
    )


async def _count_flagged(school: School) -> int:
    async with school.looking() as conn:
        return int(await conn.scalar(select(func.count()).where(outbox.c.possibly_twice)) or 0)
