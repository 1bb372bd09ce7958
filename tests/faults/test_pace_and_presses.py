"""Within a broadcast at Telegram's own limit: not one 429, presses answered at once, timers on time."""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import CallbackQuery

from bots.runtime.context import Context
from core.db.session import Database, React, UnitOfWork
from core.environment import FIRST_ACCOUNT
from core.events import DomainEvent, TimerDue
from core.lifecycle import BotKind, Priority
from sandbox.client.client import Message
from sandbox.state.options import Limits
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.timers import set_timer
from tests.faults import broadcasts, calls
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.test_updates_survive import person
from tests.faults.town import SALES_ID, Town, settle_people, town_apart, town_here
from tests.faults.waiting import kind_of, tell, until

SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
PER_SECOND = 30
TIMER = "drill"
JITTER = {"kind": "slow", "method": "sendMessage", "rate": 0.2, "delay": 0.03}


async def test_telegrams_limit(beside: Database, make_kernel: MakeKernel, db_url: str) -> None:
    async with town_here(Limits()) as town:
        kernel = make_kernel(town, messages_per_second=PER_SECOND)
        await settle_people(beside, town, 120)
        await kernel.start()
        await _pace(beside, town, 0.25, kind_of(db_url))
        await kernel.stop()


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_telegrams_limit_for_two_minutes(
    beside: Database, make_tandem: MakeTandem, db_url: str
) -> None:
    async with town_apart(PER_SECOND) as town:
        tandem = make_tandem(town, MESSAGES_PER_SECOND=str(PER_SECOND))
        await settle_people(beside, town, 120 * PER_SECOND)
        await tandem.start()
        await _pace(beside, town, 0.97, kind_of(db_url))
        await tandem.stop()


async def _pace(db: Database, town: Town, floor: float, told: str) -> None:
    """From the second second on: the first one a new owner takes as used up."""
    await town.tg.faults(JITTER, seed=3)
    broadcast_id = await broadcasts.start(db)
    await broadcasts.wait_until_over(db, broadcast_id, 300)
    sent = await town.tg.calls(method="sendMessage", limit=100_000)
    times = [one["at"] for one in sent][PER_SECOND:]
    rate = (len(times) - 1) / (times[-1] - times[0])
    refused = sum(one["code"] == 429 for one in sent)
    tell(
        f"{PER_SECOND}/s limit with jitter, {len(sent):,} messages, {told}: {refused} x 429, "
        f"{rate:.2f}/s = {rate / PER_SECOND:.1%}"
    )
    assert refused == 0
    assert rate / PER_SECOND >= floor


async def test_presses_and_timers_within_a_broadcast(
    beside: Database, make_kernel: MakeKernel, db_url: str
) -> None:
    async with town_here(Limits(per_bot=60)) as town:
        told = kind_of(db_url)
        await _press(beside, town, make_kernel, 60, clickers=20, each=2, timers=10, slowest=5.0, told=told)


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_1000_presses_within_a_broadcast(
    beside: Database, make_kernel: MakeKernel, db_url: str
) -> None:
    async with town_apart(PER_SECOND) as town:
        told = kind_of(db_url)
        await _press(
            beside, town, make_kernel, PER_SECOND, clickers=250, each=4, timers=30, slowest=1.0, told=told
        )


async def _press(
    db: Database,
    town: Town,
    make_kernel: MakeKernel,
    rate: int,
    *,
    clickers: int,
    each: int,
    timers: int,
    slowest: float,
    told: str,
) -> None:
    """The same presses with nothing else to do, then within a broadcast that fills the limit."""
    kernel = make_kernel(town, _answering, messages_per_second=rate)
    ids = await settle_people(db, town, clickers)
    await kernel.start()
    await kernel.wait_until_ready()
    kernel.db.react = partial(_on_timer, kernel.db.react)
    cards = await _hand_out(kernel.db, town, ids)
    spacing = 3 / rate  # a press costs an answer and a message
    idle = await _press_all(town, cards, each, spacing)
    seconds = len(idle) * spacing
    others = await settle_people(db, town, int((seconds + 3) * rate))
    broadcast_id = await broadcasts.start(kernel.db)
    async with kernel.db.unit(FIRST_ACCOUNT) as uow:
        for number in range(timers):
            due = uow.now + timedelta(seconds=1 + number * seconds / timers)
            await set_timer(uow, TIMER, f"{number}", due, {"chat_id": others[number], "due": due.timestamp()})
    busy = await _press_all(town, cards, each, spacing)
    late = await _timers_late(db, town, timers)
    left = await broadcasts.count_waiting(db, broadcast_id)
    await kernel.stop()
    refused = sum(one["code"] == 429 for one in await town.tg.calls(method="sendMessage", limit=100_000))
    tell(
        f"{len(busy):,} presses, {rate}/s, {told}: idle {_show(idle)}; within a broadcast {_show(busy)}, "
        f"{left} recipients still waiting, {refused} x 429; {timers} timers, latest {max(late) * 1000:.0f} ms late"
    )
    assert refused == 0
    assert left, "the broadcast was over too soon to be beside anything"
    assert _p99(busy) < max(slowest, 2 * _p99(idle))
    assert max(late) < slowest


def _answering() -> Mapping[BotKind, Dispatcher]:
    """A press is answered by a note and a new message."""
    found = {}
    for kind in BotKind:
        router = Router()

        @router.callback_query()
        async def answer(_: CallbackQuery, ctx: Context) -> None:
            speech.say(ctx.uow, ctx.address, "pressed", ctx.next_key())

        found[kind] = Dispatcher(disable_fsm=True)
        found[kind].include_router(router)
    return found


async def _on_timer(react: React, uow: UnitOfWork, happened: DomainEvent) -> None:
    """Timers of the drill say when they were due; all else goes its way."""
    if not isinstance(happened, TimerDue) or happened.kind != TIMER:
        await react(uow, happened)
        return
    chat_id = happened.payload["chat_id"]
    payload = {"chat_id": chat_id, "text": f"due {happened.payload['due']}"}
    enqueue(uow, Outgoing(SALES_ID, chat_id, "sendMessage", payload, f"t:{chat_id}", Priority.LESSON))


async def _hand_out(db: Database, town: Town, ids: Sequence[int]) -> Mapping[int, Message]:
    """A card with a button for everybody."""
    button = {"inline_keyboard": [[{"text": "Go", "callback_data": "1"}]]}
    async with db.unit(FIRST_ACCOUNT) as uow:
        for one in ids:
            payload = {"chat_id": one, "text": "card", "reply_markup": button}
            enqueue(uow, Outgoing(SALES_ID, one, "sendMessage", payload, f"card:{one}"))
    await calls.wait_for_state(db, "sent", 60)
    return {one: await person(town, one).chat("sales_bot").last() for one in ids}


async def _press_all(town: Town, cards: Mapping[int, Message], each: int, spacing: float) -> list[float]:
    """Everybody presses `each` times, evenly spread; seconds from the press to the message that answers it."""
    started: dict[int, list[float]] = {one: [] for one in cards}
    answered_before = await _answers(town)
    before = {one: answered_before.get(one, []) for one in cards}
    pressing = []
    for _ in range(each):
        for one, card in cards.items():
            started[one].append(time.monotonic())
            pressing.append(asyncio.create_task(person(town, one).chat("sales_bot").press("Go", card)))
            await asyncio.sleep(spacing)  # the pace of the presses is what is being set up here
    await asyncio.gather(*pressing)
    total = len(cards) * each + sum(len(one) for one in before.values())
    await until(partial(_are_answered, town, total), what="every press is answered")
    after = await _answers(town)
    return [
        answered - pressed
        for one, moments in started.items()
        for pressed, answered in zip(moments, after[one][len(before[one]) :], strict=True)
    ]


async def _answers(town: Town) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for one in await town.tg.calls(method="sendMessage", limit=200_000):
        if one["params"]["text"] == "pressed" and one["code"] == 200:
            found.setdefault(one["chat_id"], []).append(one["at"])
    return found


async def _are_answered(town: Town, count: int) -> bool:
    return sum(len(one) for one in (await _answers(town)).values()) >= count


async def _timers_late(db: Database, town: Town, count: int) -> list[float]:
    """Seconds between a timer's moment and its message's arrival."""
    shift = time.monotonic() - db.clock.real_now().timestamp()
    found: list[float] = []

    async def have_all() -> bool:
        sent = await town.tg.calls(method="sendMessage", limit=200_000)
        found[:] = [
            one["at"] - shift - float(one["params"]["text"].split()[1])
            for one in sent
            if one["params"]["text"].startswith("due ")
        ]
        return len(found) == count

    await until(have_all, what="all timers have spoken")
    return found


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def _show(values: Sequence[float]) -> str:
    return f"p50 {statistics.median(values) * 1000:.0f} ms p99 {_p99(values) * 1000:.0f} ms"
