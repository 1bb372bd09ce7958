"""The whole way while the process is killed again and again: it ends as if nothing had happened."""

import asyncio
import random
import signal
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import text

from app.processes import Process
from sandbox.client import Chat, Message, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.people import Buyer, all_with, buyer
from tests.stories.school import School, admin_of, eventually

PATIENCE = 90.0  # a press may wait for a process that is just starting
KILLS = [pytest.param(3), pytest.param(20, marks=pytest.mark.faults)]


@pytest.mark.parametrize("kills", KILLS)
def test_killed_on_the_way(kills: int, open_school: OpenSchool, telegram: str) -> None:
    school = open_school("sqlite")
    assert school.command("migrate").returncode == 0
    assert school.command("init").returncode == 0
    school.start()
    asyncio.run(_walk_under_fire(school, telegram, kills))
    assert school.stop() == 0


async def _walk_under_fire(school: School, telegram: str, kills: int) -> None:
    done = asyncio.Event()
    async with SandboxClient(telegram) as tg:
        await (await admin_of(tg, school)).start(school.course)
        walking = asyncio.create_task(_walk(tg, school))
        killed = await asyncio.gather(_kill(school, kills, done), _finish(walking, done))
        one = killed[1]
        await school.assert_well(tg)
        flagged = await _figures(school)
        doubles = await _doubles(one)
    assert len(doubles) <= flagged["twice"], (doubles, flagged)
    assert (flagged["paid"], flagged["accesses"], flagged["runs"]) == (1, 1, 1)
    print(f"killed {killed[0]} x on the way: paid 1, said twice {len(doubles)}, marked {flagged['twice']}")


async def _finish(walking: "asyncio.Task[Buyer]", done: asyncio.Event) -> Buyer:
    try:
        return await walking
    finally:
        done.set()


async def _kill(school: School, kills: int, done: asyncio.Event) -> int:
    """SIGKILL at random moments; the process is started again at once."""
    chance = random.Random(kills)
    for number in range(kills):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), chance.uniform(0.02, min(1.5, 8 / kills)))
        if done.is_set():
            return number
        await asyncio.to_thread(school.stop, signal.SIGKILL)
        await asyncio.to_thread(school.start)
    return kills


async def _walk(tg: SandboxClient, school: School) -> Buyer:
    one = await buyer(tg, school, "en", "Anna")
    words = one.words
    await one.person.start(school.sales)
    for button in (words.agree, words.inside, words.choose, words.feedback):
        await _press(one.shop, button)
    await _see(one.shop, words.wait)
    await tg.clock.advance(seconds=6)
    await _see(one.shop, words.paid)
    await _see(one.shop, words.groups)
    await _press(one.shop, words.open_course)
    await _see(one.lessons, f"{words.day} 1")
    await _see(one.lessons, "Exercise 1")
    await _work(one, "first")
    await _judge(tg, school, "✏️ На доработку", 1)
    await _see(one.lessons, words.needs_work)
    await _work(one, "second")
    await _judge(tg, school, "✅ Принять", 2)
    await _see(one.lessons, words.accepted)
    for day in (2, 3, 4):
        await tg.clock.advance(days=1)
        await _see(one.lessons, f"{words.day} {day}")
    await _see(one.lessons, "Exercise 2")
    await _work(one, "third")
    await _judge(tg, school, "✅ Принять", 3)
    await _see(one.lessons, words.accepted, 2)
    await tg.clock.advance(days=1)
    await _see(one.lessons, f"{words.day} 5")
    return one


async def _work(one: Buyer, name: str) -> None:
    before = len(await all_with(one.lessons, one.words.received))
    await one.lessons.send(f"My {name} work")
    await _see(one.lessons, one.words.received, before + 1)


async def _judge(tg: SandboxClient, school: School, button: str, number: int) -> None:
    desk = (await admin_of(tg, school)).chat(school.course)
    card = await _see(desk, "📝 Anna", number)
    with suppress(AssertionError):  # a killed process leaves the press unanswered, not undone
        await desk.press(button, card, timeout=1)


async def _press(chat: Chat, button: str) -> None:
    message = await _see(chat, "", button=button)
    with suppress(AssertionError):  # a killed process leaves the press unanswered, not undone
        await chat.press(button, message, timeout=1)


async def _see(chat: Chat, words: str, number: int = 1, button: str = "") -> Message:
    async def look() -> list[Message]:
        found = [
            one for one in await all_with(chat, words) if any(button in name for name in one.buttons or ("",))
        ]
        return found if len(found) >= number else []

    return (await eventually(look, PATIENCE))[number - 1]


async def _doubles(one: Buyer) -> list[str]:
    """What the two bots said more than once to the buyer, and may not."""
    chats = (await one.shop.messages(), await one.lessons.messages())
    said = [message.text for chat in chats for message in chat if message.sender_id != one.person.id]
    expected_often = (one.words.received, one.words.accepted)
    counted = Counter(text for text in said if not any(words in text for words in expected_often))
    return [text for text, count in counted.items() if count > 1]


async def _figures(school: School) -> dict[str, int]:
    questions = {
        "paid": "SELECT count(*) FROM orders WHERE status = 'paid'",
        "accesses": "SELECT count(*) FROM accesses",
        "runs": "SELECT count(*) FROM runs WHERE kind = 'course'",
        "twice": "SELECT count(*) FROM outbox WHERE possibly_twice",
    }
    process = Process(school.settings())
    try:
        async with process.db.reading() as conn:
            return {name: int(await conn.scalar(text(question)) or 0) for name, question in questions.items()}
    finally:
        await process.db.close()
