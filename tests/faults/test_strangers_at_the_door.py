"""Thousands press Start: who pays, studies or answers does not wait behind them."""

import time
from collections.abc import Mapping

import pytest
from aiogram import Dispatcher, Router
from aiogram.types import Message as Incoming
from sqlalchemy import func, select

from bots.runtime.context import Context
from core.db.models.delivery import inbox as updates
from core.db.models.delivery import outbox as table
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import BotKind, Priority
from sandbox.state.options import Limits
from services.delivery import inbox, speech
from tests.faults import calls
from tests.faults.conftest import MakeKernel
from tests.faults.test_updates_survive import person
from tests.faults.town import SALES_ID, Town, settle_people, town_apart, town_here
from tests.faults.waiting import kind_of, tell, until

BATCH = 100  # as polling brings them


async def test_a_student_among_strangers(beside: Database, make_kernel: MakeKernel, db_url: str) -> None:
    async with town_here(Limits(per_bot=30)) as town:
        kernel = make_kernel(town, _greeting, messages_per_second=30)
        await _flood(beside, town, 400)
        await kernel.start()
        await kernel.wait_until_ready()
        await _compare(beside, town, 400, 1, kind_of(db_url))
        await kernel.stop()


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_students_among_ten_thousand_strangers(
    beside: Database, make_kernel: MakeKernel, db_url: str
) -> None:
    async with town_apart(30) as town:
        kernel = make_kernel(town, _greeting, messages_per_second=30)
        await kernel.start()
        await kernel.wait_until_ready()
        idle = await _ask(beside, town, 3)
        await _flood(beside, town, 10_000)
        tell(f"students with nobody at the door, {kind_of(db_url)}: {_show(idle)}")
        waits = await _compare(beside, town, 10_000, 20, kind_of(db_url))
        await kernel.stop()
        assert max(waits) < 3


def _greeting() -> Mapping[BotKind, Dispatcher]:
    """Everybody is answered: a start by a greeting, words by an answer."""
    found = {}
    for kind in BotKind:
        router = Router()

        @router.message()
        async def answer(message: Incoming, ctx: Context) -> None:
            word = "welcome" if (message.text or "").startswith("/start") else "answer"
            speech.say(ctx.uow, ctx.address, f"{word} {ctx.contact.telegram_id}", ctx.next_key())

        found[kind] = Dispatcher(disable_fsm=True)
        found[kind].include_router(router)
    return found


async def _flood(db: Database, town: Town, count: int) -> None:
    """People whom nobody here knows press Start, all at once."""
    ids = await town.tg.people(count, started="sales_bot")
    for place in range(0, count, BATCH):
        some = [_start(place + n + 1, one) for n, one in enumerate(ids[place : place + BATCH])]
        await inbox.receive(db, FIRST_ACCOUNT, SALES_ID, some)


def _start(number: int, telegram_id: int) -> dict[str, object]:
    who = {"id": telegram_id, "first_name": "Ann", "is_bot": False}
    chat = {"id": telegram_id, "type": "private", "first_name": "Ann"}
    said = {"message_id": 1, "date": 1, "chat": chat, "from": who, "text": "/start"}
    return {"update_id": 900_000_000 + number, "message": said}


async def _compare(db: Database, town: Town, strangers: int, students: int, told: str) -> list[float]:
    waits = await _ask(db, town, students)
    left = await _count_ungreeted(db, strangers)
    receipt = await _pay(db, town)
    tell(
        f"{strangers:,} strangers at the door, {told}: students' answers {_show(waits)}, a receipt {receipt:.2f} s; "
        f"{left:,} greetings still to come"
    )
    assert left > strangers / 4, "there was no crowd to be kept waiting"
    return [*waits, receipt]


async def _ask(db: Database, town: Town, students: int) -> list[float]:
    """Known people write; seconds until each has their answer."""
    waits = []
    for one in await settle_people(db, town, students):
        chat = person(town, one).chat("sales_bot")
        began = time.monotonic()
        await chat.send("here is my work")
        await chat.expect(f"answer {one}", timeout=300)
        waits.append(time.monotonic() - began)
    return waits


async def _pay(db: Database, town: Town) -> float:
    """A receipt that another process has stored; seconds until it has come."""
    [buyer] = await settle_people(db, town, 1)
    began = time.monotonic()
    await calls.post(db, buyer, "receipt", Priority.TRANSACTIONAL)

    async def has_come() -> bool:
        return await town.tg.texts("sales_bot", buyer) == ["receipt"]

    await until(has_come, 300, "the receipt has come")
    return time.monotonic() - began


async def _count_ungreeted(db: Database, strangers: int) -> int:
    async with db.reading() as conn:
        sent = select(func.count()).where(table.c.priority == Priority.GREETING, table.c.state == "sent")
        greeted = int(await conn.scalar(sent) or 0)
        handled = await conn.scalar(
            select(func.count()).select_from(updates).where(updates.c.state == "done")
        )
    assert handled, "no update was handled"
    return strangers - greeted


def _show(waits: list[float]) -> str:
    return f"p50 {sorted(waits)[len(waits) // 2]:.2f} s, latest {max(waits):.2f} s"
