"""Everything at once: a hung model, files that are read without end, half-open connections; people wait as at rest."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from sandbox.client.client import SandboxClient
from services.delivery.jobs import add_job
from services.learning.dialogs import ANSWER
from services.tenancy.bots import FIRST_ACCOUNT
from tests.factories.bombs import merge_bomb, sheet_bomb
from tests.faults.waiting import tell, until
from tests.stories.conftest import OpenSchool
from tests.stories.people import Buyer, buyer, start
from tests.stories.school import School, admin_of, read

HALF = b"GET /c/x HTTP/1.1\r\nHost: tandem\r\nX-Slow: "
PATIENCE = 60.0  # seconds of anybody, on the slowest machine; a hung model alone was waited for longer


@dataclass(frozen=True)
class Force:
    """How strong the attack is."""

    talks: int
    files: int
    connections: int
    people: int
    sheet: bool


SHORT = Force(talks=40, files=3, connections=150, people=2, sheet=False)
FULL = Force(talks=400, files=9, connections=1_100, people=8, sheet=True)


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


async def _buy(one: Buyer) -> float:
    """How long from the press on a tariff to the first lesson; what the mock provider takes is skipped."""
    await one.reach_offer()
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
        for command in ("migrate", "init"):
            assert (await asyncio.to_thread(school.command, command)).returncode == 0
        await asyncio.to_thread(school.start)
        student = await buyer(tg, school, "en", "Sue")
        idle_buyer = await _buy(student)
        idle_student = await _ask(student)

        await _talk(school, force.talks)
        await _send_files(tg, school, force)
        await _knock(school, force.connections, stack)
        buyers, students = [], []
        for number in range(force.people):
            buyers.append(await _buy(await buyer(tg, school, "en", f"Ben{number}")))
            students.append(await _ask(student))
            assert "ok" in await asyncio.to_thread(read, f"{school.address}/healthz")
        lines = school.log_path.read_text().count("\n")
        began = time.monotonic()
        assert await asyncio.to_thread(school.stop) == 0
        stopped = time.monotonic() - began
        tell(
            f"{database}: {force.talks} talks with a hung model, {force.files} file bombs, {force.connections} half-open "
            f"connections at once: buyer to lesson {max(buyers):.1f} s (idle {idle_buyer:.1f} s), "
            f"student's answer {max(students):.2f} s (idle {idle_student:.2f} s), end after SIGTERM {stopped:.1f} s, "
            f"{lines} lines of log"
        )
        assert max(*buyers, *students) < PATIENCE
        assert lines < 2_000
