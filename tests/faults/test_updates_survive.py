"""Every update is handled once, in order, whatever dies in between."""

import asyncio
import random
import resource
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import Message as TelegramMessage
from loguru import logger
from sqlalchemy import func, select

from bots.runtime.context import Context
from core.db.models.delivery import inbox, messages, outbox
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import BotKind
from sandbox.client.client import Person
from services.delivery.sending.dead_letters import list_dead_letters
from tests.faults import broadcasts, calls
from tests.faults.conftest import MakeKernel, MakeTandem
from tests.faults.tandem import say
from tests.faults.town import SALES, SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until

SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
AT_ONCE = 20


async def test_updates_and_kills(beside: Database, town: Town, make_kernel: MakeKernel, db_url: str) -> None:
    dice, each, kills = random.Random(30), 3, 3
    ids = await settle_people(beside, town, 60)
    kernel, in_flight = make_kernel(town), 0
    talking = asyncio.create_task(talk(town, ids, each))
    for _ in range(kills):
        await kernel.start(strike_at=dice.randint(8, 40))
        await asyncio.wait(
            {asyncio.create_task(kernel.struck.wait()), talking}, return_when="FIRST_COMPLETED"
        )
        await until(kernel.struck.is_set, what="the blow")
        await kernel.kill()
        in_flight += await broadcasts.count_sending(beside)
    await kernel.start()
    await talking
    await _until_all_is_said(beside, len(ids) * each)
    await kernel.stop()
    told = f"{len(ids) * each} updates, {kills} kills, {kind_of(db_url)}"
    await _judge(beside, town, ids, each, in_flight, told)


@pytest.mark.faults
@pytest.mark.timeout(1800)
async def test_10000_updates_and_30_kills(
    beside: Database, big_town: Town, make_tandem: MakeTandem, db_url: str
) -> None:
    dice, each, kills = random.Random(30), 4, 30
    ids = await settle_people(beside, big_town, 2_500)
    tandem, in_flight = make_tandem(big_town), 0
    for kill in range(kills):
        some = ids[kill * len(ids) // kills : (kill + 1) * len(ids) // kills]
        await tandem.start()
        talking = asyncio.create_task(talk(big_town, some, each))
        await asyncio.sleep(dice.uniform(0, 0.6))  # the moment of the kill is the dice's
        await tandem.kill()
        in_flight += await broadcasts.count_sending(beside)
        await talking
    await tandem.start()
    await _until_all_is_said(beside, len(ids) * each, 600)
    await tandem.stop()
    told = f"{len(ids) * each:,} updates, {kills} kills, {kind_of(db_url)}"
    await _judge(beside, big_town, ids, each, in_flight, told)


def person(town: Town, telegram_id: int) -> Person:
    return Person(town.tg._link, {"id": telegram_id, "first_name": "Ann"})


async def talk(town: Town, ids: Sequence[int], each: int) -> None:
    """Everybody writes `each` messages to the sales bot, numbered."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(telegram_id: int) -> None:
        chat = person(town, telegram_id).chat("sales_bot")
        for number in range(each):
            async with gate:
                await chat.send(f"{number}")

    await asyncio.gather(*(one(telegram_id) for telegram_id in ids))


async def _until_all_is_said(db: Database, count: int, seconds: float = 60) -> None:
    async def is_so() -> bool:
        async with db.reading() as conn:
            done = await conn.scalar(select(func.count()).where(inbox.c.state == "done"))
            sent = await conn.scalar(select(func.count()).where(outbox.c.state == "sent"))
        return (done, sent) == (count, count)

    await until(is_so, seconds, f"{count} updates done and answers sent")


async def _judge(db: Database, town: Town, ids: Sequence[int], each: int, in_flight: int, told: str) -> None:
    """An update's effects are a row of the history and an answer: neither may be there twice."""
    async with db.reading() as conn:
        heard = list(
            await conn.execute(
                select(messages.c.chat_id, messages.c.text)
                .where(messages.c.direction == "in")
                .order_by(messages.c.id)
            )
        )
        flagged = set(await conn.scalars(select(outbox.c.chat_id).where(outbox.c.possibly_twice)))
    by_chat: dict[int, list[str]] = {}
    for chat_id, text in heard:
        by_chat.setdefault(chat_id, []).append(text)
    wrong = sum(by_chat.get(one) != [f"{n}" for n in range(each)] for one in ids)
    tally = await town.tg.tally("sales_bot")
    twice = sum(times * people for times, people in tally.items()) - len(ids) * each
    unflagged = [
        one for one in ids if one not in flagged and len(await town.tg.texts("sales_bot", one)) > each
    ]
    tell(
        f"{told}: lost {len(ids) * each - len(heard)}, chats with missing, doubled or misplaced effects {wrong}, "
        f"answers said twice {twice} <= in flight {in_flight}, not flagged {len(unflagged)}"
    )
    assert len(heard) == len(ids) * each
    assert wrong == 0
    assert min(tally) >= each
    assert twice <= in_flight
    assert not unflagged


async def test_updates_repeated_and_shuffled_by_telegram(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    ids = await settle_people(beside, town, 30)
    await town.tg.faults(duplicate_updates=0.5, reorder_updates=0.0, seed=4)
    await talk(town, ids, 2)
    kernel = make_kernel(town)
    await kernel.start()
    await _until_all_is_said(beside, 60)
    await kernel.stop()
    await _judge(beside, town, ids, 2, 0, "half of 60 updates repeated by Telegram")


def _stumbling() -> Mapping[BotKind, Dispatcher]:
    """Handlers of which one fails whenever somebody says "stumble"."""
    found = {}
    for kind in BotKind:
        router = Router()

        @router.message()
        async def answer(message: TelegramMessage, ctx: Context) -> None:
            if message.text == "stumble":
                raise LookupError("a handler's mistake")
            ctx.say("sales-fallback")

        found[kind] = Dispatcher(disable_fsm=True)
        found[kind].include_router(router)
    return found


@SQLITE
@pytest.mark.timeout(60)
async def test_what_always_fails_becomes_a_dead_letter_and_is_replayed(
    beside: Database, town: Town, make_kernel: MakeKernel, make_tandem: MakeTandem, tmp_path: Path
) -> None:
    anna, boris = await settle_people(beside, town, 2)
    await person(town, anna).chat("sales_bot").send("stumble")
    await person(town, anna).chat("sales_bot").send("behind it")
    await person(town, boris).chat("sales_bot").send("beside it")
    kernel = make_kernel(town, _stumbling)
    await kernel.start()
    await _until_said(beside, f"{boris}", 5)
    assert await _states_of_inbox(beside) == ["pending", "pending", "done"]

    async def is_given_up() -> bool:
        return await _states_of_inbox(beside) == ["dead", "done", "done"]

    await until(is_given_up, what="five tries, then the chat goes on")
    await kernel.stop()
    [letter] = await list_dead_letters(beside, FIRST_ACCOUNT)
    env = make_tandem(town, ADMIN_IDS="1").env
    status, told = await say(env, tmp_path, "doctor")
    assert status == 1
    assert f"update {letter.id}" in told
    assert "LookupError" in told
    assert (await say(env, tmp_path, "replay", "update", str(letter.id)))[1] == "1 put back in line\n"
    kernel = make_kernel(town)
    await kernel.start()
    await until(lambda: _is_all_done(beside), what="the replayed update is done")
    await kernel.stop()
    assert len(await town.tg.texts("sales_bot", anna)) == 2


async def _is_all_done(db: Database) -> bool:
    return set(await _states_of_inbox(db)) == {"done"} and set((await calls.states(db)).values()) == {"sent"}


async def _states_of_inbox(db: Database) -> list[str]:
    async with db.reading() as conn:
        return list(await conn.scalars(select(inbox.c.state).order_by(inbox.c.id)))


async def _until_said(db: Database, chat: str, seconds: float) -> None:
    async def is_so() -> bool:
        return any(str(row.chat_id) == chat and row.state == "sent" for row in await calls.rows(db))

    await until(is_so, seconds, f"an answer to {chat}")


BROKEN: Sequence[Mapping[str, object]] = (
    {"message": {"number": 1}},
    {"message": None},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 5}, "from": {"id": "x"}}},
    {"an_update_of_tomorrow": {"from": {"id": 5}}},
    {"callback_query": {"id": "1"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 9, "type": "private", "first_name": "N\x00"},
                 "from": {"id": 9, "is_bot": False, "first_name": "N\x00ul"}, "text": "a\x00b"}},
    {"message": {"message_id": 1, "date": 0, "chat": {"id": 8, "type": "private", "first_name": "\ud83d"},
                 "from": {"id": 8, "is_bot": False, "first_name": "\ud83d"}, "text": "half \ud83d"}},
)  # fmt: skip


async def test_broken_updates_stop_nobody(
    beside: Database, town: Town, make_kernel: MakeKernel, db_url: str
) -> None:
    [anna] = await settle_people(beside, town, 1)
    for one in BROKEN:
        await town.tg.inject("sales_bot", dict(one))
    await person(town, anna).chat("sales_bot").send("I am whole")
    kernel = make_kernel(town)
    await kernel.start()
    await _until_said(beside, f"{anna}", 10)
    await kernel.stop()
    tell(f"{len(BROKEN)} broken updates, {kind_of(db_url)}: {Counter(await _states_of_inbox(beside))}")


async def test_another_program_with_this_token(beside: Database, town: Town, make_kernel: MakeKernel) -> None:
    told: list[str] = []
    sink = logger.add(told.append, level="ERROR", format="{message}")
    [anna] = await settle_people(beside, town, 1)
    kernel = make_kernel(town)
    await kernel.start()
    await kernel.wait_until_ready()
    try:
        await town.tg._link.post(f"/bot{SALES}/getUpdates", {"timeout": 0})
        await until(
            lambda: any("another program uses this token" in one for one in told), what="a plain word"
        )
    finally:
        logger.remove(sink)
    await person(town, anna).chat("sales_bot").send("Still there?")
    await _until_said(beside, f"{anna}", 10)
    await kernel.stop()


async def test_memory_does_not_grow_with_updates(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    await _watch_memory(beside, town, make_kernel, 3_000)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@SQLITE
async def test_memory_is_flat_over_200000_updates(
    beside: Database, town: Town, make_kernel: MakeKernel
) -> None:
    await _watch_memory(beside, town, make_kernel, 200_000)


def _silent() -> Mapping[BotKind, Dispatcher]:
    """Handlers that read and say nothing, so that only intake is measured."""
    return {kind: Dispatcher(disable_fsm=True) for kind in BotKind}


async def _watch_memory(db: Database, town: Town, make_kernel: MakeKernel, count: int) -> None:
    """Updates come through the inbox's own door; the slope is taken over the second half."""
    from services.delivery.inbox import receive

    batch, ids = 100, await settle_people(db, town, 50)
    kernel = make_kernel(town, _silent)
    await kernel.start()
    seen: list[tuple[int, int]] = []
    for start in range(0, count, batch):
        updates = [_said(number, ids[number % len(ids)]) for number in range(start, start + batch)]
        await receive(kernel.db, FIRST_ACCOUNT, SALES_ID, updates)
        if start % (count // 20) == 0:
            await until(lambda: _is_drained(db))
            seen.append((start, _resident()))
    await until(lambda: _is_drained(db))
    await kernel.stop()
    half = seen[len(seen) // 2 :]
    grown = half[-1][1] - half[0][1]
    per_update = grown / (half[-1][0] - half[0][0])
    tell(f"{count:,} updates: {grown / 1e6:+.1f} MB over the second half, {per_update:+.0f} bytes per update")
    assert per_update < 64 or grown < 8_000_000


async def _is_drained(db: Database) -> bool:
    async with db.reading() as conn:
        return not await conn.scalar(select(func.count()).where(inbox.c.state == "pending"))


def _said(number: int, telegram_id: int) -> dict[str, object]:
    sender = {"id": telegram_id, "is_bot": False, "first_name": "Ann"}
    chat = {"id": telegram_id, "type": "private", "first_name": "Ann"}
    body = {
        "message_id": number + 1,
        "date": 1_900_000_000,
        "from": sender,
        "chat": chat,
        "text": f"{number}",
    }
    return {"update_id": 10_000_000 + number, "message": body}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
