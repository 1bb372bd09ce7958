"""Fast people in a Telegram with a small private burst: their chats wait, the school does not."""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import CallbackQuery
from sqlalchemy import select

from bots.runtime.context import Context
from core.db.models.delivery import outbox
from core.db.models.learning import runs
from core.db.session import Database, UnitOfWork
from core.environment import FIRST_ACCOUNT
from core.lifecycle import BotKind
from sandbox.client.client import Message
from sandbox.state.options import Limits
from services.content.flows import publish_flow
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.learning.runs.runs import NewRun, start_run
from services.people import contacts
from tests.factories.flows import make_scenario
from tests.faults import broadcasts, calls
from tests.faults.conftest import MakeKernel
from tests.faults.kernel import Kernel
from tests.faults.test_updates_survive import person
from tests.faults.town import SALES_ID, Town, settle_people, town_apart, town_here
from tests.faults.waiting import kind_of, tell, until

BURST = 3
BUTTON = {"inline_keyboard": [[{"text": "Go", "callback_data": "1"}]]}
STEP = "the next step"
STEP_SECONDS = 2.0
STUDENTS = 4
NEXT = "next question"


@dataclass(frozen=True)
class Crowd:
    """So many people who press a button as soon as it comes, so many times each."""

    people: int
    presses: int


@dataclass(frozen=True)
class Seen:
    """Seconds of each answer and of each step behind its turn; what Telegram took and refused meanwhile."""

    answers: Sequence[float]
    steps: Sequence[float]
    per_second: float
    refused: Mapping[int, int]


async def test_twelve_fast_people(beside: Database, make_kernel: MakeKernel, db_url: str) -> None:
    """A person gets a message every two seconds only, so that twelve of them soon meet the limit of their chats."""
    limits = Limits(per_bot=60, per_chat=0.5, chat_burst=BURST)
    async with town_here(limits) as town:
        kernel = make_kernel(town, _quiz, messages_per_second=60, messages_per_chat_second=0.5)
        seen = await _play(beside, town, kernel, Crowd(12, 5), steps=2)
        _tell(f"12 fast people, a message every 2 s to each, {kind_of(db_url)}", seen)
        assert seen.refused, "nobody met the limit of a chat"
        assert max(seen.refused.values()) == 1
        assert max(seen.steps) < 3
        assert (await town.tg.report())["counts"] == {}


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "crowd", [Crowd(12, 40), Crowd(100, 15), Crowd(1_000, 3)], ids=["twelve", "hundred", "thousand"]
)
async def test_fast_people_beside_a_broadcast(
    beside: Database, make_kernel: MakeKernel, db_url: str, crowd: Crowd
) -> None:
    async with town_apart(30, "--chat-burst", str(BURST)) as town:
        kernel = make_kernel(town, _quiz, messages_per_second=30)
        seen = await _play(beside, town, kernel, crowd, steps=10)
        _tell(f"{crowd.people:,} fast people, {kind_of(db_url)}", seen)
        assert max(seen.refused.values(), default=0) <= 1
        assert seen.per_second >= 27
        assert max(seen.steps) < 3


async def _play(db: Database, town: Town, kernel: Kernel, crowd: Crowd, steps: int) -> Seen:
    """Everybody presses within a broadcast, while some students' steps come due one after the other."""
    fast = await settle_people(db, town, crowd.people)
    students = await settle_people(db, town, STUDENTS)
    await kernel.start()
    await kernel.wait_until_ready()
    cards = await _hand_out(kernel.db, town, fast)
    await _wait_until_known(kernel)
    enough = int(kernel.settings.messages_per_second * (20 + crowd.people * crowd.presses / 15))
    await settle_people(db, town, enough)
    broadcast_id = await broadcasts.start(kernel.db)
    await _begin_steps(kernel.db, students, steps)
    began = time.monotonic()
    pressing = (_press(town, one, card, crowd.presses) for one, card in cards.items())
    answers = [second for each in await asyncio.gather(*pressing) for second in each]
    took = time.monotonic() - began
    late = await _steps_late(kernel.db, town, STUDENTS * steps)
    assert await broadcasts.count_waiting(db, broadcast_id), (
        "the broadcast was over too soon to be beside anything"
    )
    await kernel.stop()
    sent = [one for one in await town.tg.calls(method="sendMessage", limit=200_000) if one["at"] >= began]
    within = sum(one["code"] == 200 and one["at"] <= began + took for one in sent)
    refused: dict[int, int] = {}
    for one in sent:
        if one["code"] == 429:
            refused[one["chat_id"]] = refused.get(one["chat_id"], 0) + 1
    return Seen(answers, late, within / took, refused)


def _quiz() -> Mapping[BotKind, Dispatcher]:
    """A press is answered by the next question."""
    found = {}
    for kind in BotKind:
        router = Router()

        @router.callback_query()
        async def answer(_: CallbackQuery, ctx: Context) -> None:
            _ask(ctx.uow, ctx.address.chat_id, ctx.next_key(), NEXT)

        found[kind] = Dispatcher(disable_fsm=True)
        found[kind].include_router(router)
    return found


def _ask(uow: UnitOfWork, chat_id: int, key: str, text: str) -> None:
    payload = {"chat_id": chat_id, "text": text, "reply_markup": BUTTON}
    enqueue(uow, Outgoing(SALES_ID, chat_id, "sendMessage", payload, key))


async def _hand_out(db: Database, town: Town, ids: Sequence[int]) -> Mapping[int, Message]:
    async with db.unit(FIRST_ACCOUNT) as uow:
        for one in ids:
            _ask(uow, one, f"card:{one}", "first question")
    await calls.wait_for_state(db, "sent", 120)
    return {one: await person(town, one).chat("sales_bot").last() for one in ids}


async def _wait_until_known(kernel: Kernel) -> None:
    """Until what a former owner may have sent to a chat counts no more, and nobody owes anything."""
    [owned] = [one for one in kernel.pool._owned.values() if one.bot.id == SALES_ID]
    chats, monotonic = owned.sender.pacer.chats, kernel.db.clock.monotonic
    await until(lambda: monotonic() > chats._known_since + 1, what="the pacer knows its chats")


async def _press(town: Town, telegram_id: int, card: Message, presses: int) -> list[float]:
    """Press each question as it comes; seconds from each press to the next question."""
    chat, found = person(town, telegram_id).chat("sales_bot"), []
    await chat.messages()
    for _ in range(presses):
        pressed = time.monotonic()
        await chat.press("Go", card, timeout=120)
        card = await chat.expect(NEXT, timeout=240)
        found.append(time.monotonic() - pressed)
    return found


async def _begin_steps(db: Database, students: Sequence[int], steps: int) -> None:
    """Students enter a scenario of waits of two seconds, each followed by a message."""
    pairs = [
        (
            {"key": f"wait{n}", "type": "delay", "wait": "2s"},
            {"key": f"say{n}", "type": "message", "text": STEP},
        )
        for n in range(steps)
    ]
    async with db.unit(FIRST_ACCOUNT) as uow:
        version = await publish_flow(
            uow, make_scenario("steps", steps=[one for pair in pairs for one in pair])
        )
        for one in students:
            contact = await contacts.get_by_telegram_id(uow, one)
            await start_run(uow, NewRun(contact, Address(SALES_ID, one), version))


async def _steps_late(db: Database, town: Town, count: int) -> list[float]:
    """Seconds between the moment of each step, two after the one before, and the arrival of its message."""
    shift = time.monotonic() - db.clock.real_now().timestamp()
    arrived: dict[int, list[float]] = {}

    async def have_all() -> bool:
        sent = await town.tg.calls(method="sendMessage", limit=200_000)
        arrived.clear()
        for one in sent:
            if one["code"] == 200 and one["params"]["text"] == STEP:
                arrived.setdefault(one["chat_id"], []).append(one["at"] - shift)
        return sum(map(len, arrived.values())) == count

    await until(have_all, 120, "all steps have come")
    return [late for chat_id, times in arrived.items() for late in await _behind(db, chat_id, times)]


async def _behind(db: Database, chat_id: int, arrived: Sequence[float]) -> list[float]:
    async with db.reading() as conn:
        begun = select(runs.c.started_at).where(runs.c.chat_id == chat_id)
        said = select(outbox.c.created_at).where(
            outbox.c.chat_id == chat_id, outbox.c.dedupe_key.like("run:%")
        )
        moments = [*await conn.scalars(begun), *await conn.scalars(said.order_by(outbox.c.id))]
    return [at - one.timestamp() - STEP_SECONDS for at, one in zip(arrived, moments, strict=False)]


def _tell(what: str, seen: Seen) -> None:
    tell(
        f"{what}, burst {BURST}, beside a broadcast: {seen.per_second:.1f} messages/s in all; "
        f"answers {_show(seen.answers)}; steps behind their turn {_show(seen.steps)}, "
        f"latest {max(seen.steps):.2f} s; {sum(seen.refused.values())} x 429 in {len(seen.refused)} chats"
    )


def _show(values: Sequence[float]) -> str:
    ranked = sorted(values)
    return f"p50 {statistics.median(ranked):.2f} s p99 {ranked[int(len(ranked) * 0.99)]:.2f} s"
