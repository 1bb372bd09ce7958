"""Everything at once: strangers, a pasted book, a hung model, file bombs, half-open connections; people wait as at rest."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from core.environment import FIRST_ACCOUNT
from sandbox.client.client import Chat, Group, SandboxClient
from services.delivery.jobs import add_job
from services.learning.dialogs import ANSWER
from tests.factories.bombs import merge_bomb, sheet_bomb
from tests.faults.waiting import tell, until
from tests.stories.conftest import OpenSchool
from tests.stories.people import Buyer, buyer, start, student, wait_for
from tests.stories.school import School, admin_of, read

HALF = b"GET /c/x HTTP/1.1\r\nHost: tandem\r\nX-Slow: "
PATIENCE = 180.0  # seconds in which what comes at all has come
STOPPED = 12.0  # seconds from SIGTERM to the end, whatever goes on
BEHIND = 60.0  # seconds more for a press that lies at Telegram behind ten thousand starts: it gives a hundred at a time
GROUP = 20.0  # seconds more for work: of the twenty messages a minute that the group takes, the pasted lines use twelve
LINE = "a line of her book"


@dataclass(frozen=True)
class Force:
    """How strong the attack is."""

    strangers: int
    lines: int
    talks: int
    files: int
    connections: int
    people: int
    sheet: bool
    later: float  # seconds that anybody may wait longer than at rest; a hung model alone once cost a buyer 84
    descriptors: int = 0


SHORT = Force(
    strangers=100,
    lines=20,
    talks=40,
    files=3,
    connections=150,
    people=2,
    sheet=False,
    later=60,
    descriptors=200,
)
FULL = Force(
    strangers=10_000, lines=400, talks=400, files=9, connections=1_100, people=8, sheet=True, later=15
)


@dataclass
class Waits:
    """Seconds that people waited: from the press on a tariff to the lesson, for an answer, for a curator to have the work."""

    buying: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    handing_in: list[float] = field(default_factory=list)

    def beside(self, idle: "Waits") -> str:
        told = (
            ("buyer to lesson", "buying"),
            ("student's answer", "asking"),
            ("work to its curator", "handing_in"),
        )
        return ", ".join(
            f"{what} {max(getattr(self, name)):.1f} s (idle {max(getattr(idle, name)):.1f} s)"
            for what, name in told
        )


@asynccontextmanager
async def hung_model() -> AsyncIterator[str]:
    """A server that takes every call and never answers."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def _talk(school: School, number: int) -> None:
    """Questions to the model of people who have long gone."""
    payload = {
        "model": "m", "temperature": None, "reasoning": None, "voice": None, "messages": [],
        "bot_id": school.course.id, "chat_id": 1, "run_id": 1,
    }  # fmt: skip
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        for one in range(number):
            await add_job(uow, ANSWER, f"attack:{one}", payload)


async def _send_files(tg: SandboxClient, school: School, force: Force) -> None:
    admin = await admin_of(tg, school)
    desk = await start(admin, school.course)
    for number in range(force.files):
        name, content = ("b.xlsx", sheet_bomb()) if force.sheet and number % 2 else ("b.yml", merge_bomb())
        await desk.send_document(name, content, caption=f"/create bomb{number}")


async def _knock(school: School, number: int, stack: AsyncExitStack) -> None:
    """Connections that begin a request and do not end it."""
    for _ in range(number):
        _, writer = await asyncio.open_connection("127.0.0.1", int(school.env["HTTP_PORT"]))
        stack.callback(writer.close)
        writer.write(HALF)


async def _crowd(tg: SandboxClient, school: School, force: Force) -> None:
    """All of them press Start in the sales bot, and Telegram has their updates at once."""
    await tg.people(force.strangers, started=school.sales)
    await tg.chatter(school.sales, force.strangers, "/start")


async def _paste(one: Buyer, lines: int) -> None:
    for number in range(lines):
        await one.lessons.send(f"{LINE}, the {number}th")


async def _open_review_group(tg: SandboxClient, school: School) -> Chat:
    """Where the curators get the work; gives their look into it."""
    admin = await admin_of(tg, school)
    group: Group = await tg.group("Review", owner=admin, bots=[school.course])
    school.env["REVIEW_CHAT_ID"] = str(group.id)
    return admin.chat(group)


async def _shopper(tg: SandboxClient, school: School, number: int) -> Buyer:
    """Somebody before the tariffs."""
    one = await buyer(tg, school, "en", f"Ben{number}")
    await one.reach_offer()
    return one


async def _live(school: School, room: Chat, shopper: Buyer, studying: Buyer, waits: Waits) -> None:
    """Somebody buys, a student asks and hands in work."""
    waits.buying.append(await _buy(shopper))
    waits.asking.append(await _ask(studying))
    waits.handing_in.append(await _hand_in(studying, room))
    assert "ok" in await asyncio.to_thread(read, f"{school.address}/healthz")


async def _buy(one: Buyer) -> float:
    """How long from the press on a tariff to the first lesson; what the mock provider takes is skipped."""
    began = time.monotonic()
    await one.pay(one.words.basic)
    await one.open_course()
    return time.monotonic() - began


async def _ask(one: Buyer) -> float:
    """How long a student waits for the answer to a press."""
    began, before = time.monotonic(), len(await one.lessons.messages())
    await one.lessons.send("/progress")

    async def is_answered() -> bool:
        return len(await one.lessons.messages()) >= before + 2

    await until(is_answered, PATIENCE, "she is answered")
    return time.monotonic() - began


async def _hand_in(one: Buyer, room: Chat) -> float:
    """How long until the curators have the text of a student's work."""
    words = f"Letter of {one.person.id}"
    await one.lessons.send(words)
    began = time.monotonic()
    await wait_for(room, words)
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("database", "force"),
    [
        pytest.param("sqlite", SHORT, id="short"),
        pytest.param("sqlite", FULL, id="sqlite", marks=pytest.mark.faults),
        pytest.param("postgresql", FULL, id="postgresql", marks=pytest.mark.faults),
    ],
)
async def test_people_wait_as_at_rest(
    tg: SandboxClient, open_school: OpenSchool, database: str, force: Force
) -> None:
    async with hung_model() as model, AsyncExitStack() as stack:
        school = await asyncio.to_thread(open_school, database, AI_BASE_URL=model)
        room = await _open_review_group(tg, school)
        assert (await asyncio.to_thread(school.command, "init")).returncode == 0
        school.descriptors = force.descriptors  # half of them are kept from strangers
        await asyncio.to_thread(school.start)
        pasting, *students = await asyncio.gather(
            *(student(tg, school, "feedback", f"Sue{number}") for number in range(force.people + 2))
        )
        shoppers = await asyncio.gather(*(_shopper(tg, school, one) for one in range(force.people + 1)))
        idle, waits = Waits(), Waits()
        await _live(school, room, shoppers.pop(), students.pop(), idle)

        await _talk(school, force.talks)
        await _send_files(tg, school, force)
        await _knock(school, force.connections, stack)
        await _paste(pasting, force.lines)
        await _crowd(tg, school, force)
        for shopper, studying in zip(shoppers, students, strict=True):
            await _live(school, room, shopper, studying, waits)
        behind = waits.buying.pop(0)
        lines = school.log_path.read_text().count("\n")
        began = time.monotonic()
        assert await asyncio.to_thread(school.stop) == 0
        stopped = time.monotonic() - began
        tell(
            f"{database}: {force.strangers:,} strangers, {force.lines} pasted lines, {force.talks} talks with a hung model, "
            f"{force.files} file bombs, {force.connections:,} half-open connections at once: {waits.beside(idle)}, "
            f"{behind:.1f} s for who buys behind all the starts at Telegram, "
            f"end after SIGTERM {stopped:.1f} s, {lines} lines of log"
        )
        assert behind < max(idle.buying) + BEHIND
        for name, more in (("buying", 0.0), ("asking", 0.0), ("handing_in", GROUP)):
            assert max(getattr(waits, name)) < max(getattr(idle, name)) + force.later + more, name
        assert stopped < STOPPED
        assert lines < 2_000
