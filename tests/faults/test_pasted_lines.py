"""A student pastes a book line by line: the other students' work still reaches the curators in the next turn."""

import time

import pytest
from sqlalchemy import func, select

from core.db.models.delivery import outbox as table
from core.db.models.learning import submissions
from core.db.session import Database
from sandbox.client.client import Chat
from sandbox.state.options import Limits
from tests.faults.conftest import MakeKernel
from tests.faults.test_three_answers import enroll
from tests.faults.test_updates_survive import person
from tests.faults.town import Town, settle_people, town_here
from tests.faults.waiting import kind_of, tell, until

LINES = 400
OTHERS = 2  # a card and a text of each: of the twenty messages a minute five are kept for them
LATEST = 12.0  # seconds: four turns of a group, which takes a message every three seconds
CROWDED = "student's line"


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_pasted_lines_hold_up_nobodys_work(
    beside: Database, make_kernel: MakeKernel, db_url: str
) -> None:
    """The group takes twenty messages a minute, as Telegram's do."""
    async with town_here(Limits(per_chat=1_000, chat_burst=1_000)) as town:
        [admin] = await settle_people(beside, town, 1)
        pasting, early, *others = await town.tg.people(2 + OTHERS, started="course_bot")
        group = await town.tg.group("Curators", owner=person(town, admin), bots=["course_bot"])
        reader = person(town, admin).chat(group)
        kernel = make_kernel(town, admin_ids=(admin,), review_chat_id=group.id)
        await kernel.start()
        await enroll(kernel.db, [pasting, early, *others])
        idle = await _hand_in(town, early, reader)
        chat = person(town, pasting).chat("course_bot")
        for number in range(LINES):
            await chat.send(f"{CROWDED} {number}")
        await until(lambda: _count_pieces(beside, LINES + 1), 120, "all lines are in")
        waits = [await _hand_in(town, one, reader) for one in others]
        await until(lambda: _is_quiet(beside), 400, "all of it has left")
        shown = [one for one in await _texts(reader) if CROWDED in one]
        await kernel.stop()
        tell(
            f"{LINES} lines of one student, {kind_of(db_url)}: {len(shown)} messages of them in the group; "
            f"work of others is there after {', '.join(f'{one:.1f}' for one in waits)} s (idle {idle:.1f} s)"
        )
        confirmed = [one for one in await chat.messages() if one.sender_id != pasting]
        assert max(waits) < LATEST
        assert len(confirmed) <= LINES / 20
        assert len(shown) <= LINES / 20
        assert (await town.tg.report())["counts"] == {}


async def _count_pieces(db: Database, count: int) -> bool:
    async with db.reading() as conn:
        work = list(await conn.scalars(select(submissions.c.work)))
    return sum(len(one["pieces"]) for one in work) >= count


async def _hand_in(town: Town, student: int, group: Chat) -> float:
    """Seconds from a piece of work to its text in the group."""
    began = time.monotonic()
    await person(town, student).chat("course_bot").send(f"letter of {student}")

    async def is_there() -> bool:
        return any(f"letter of {student}" in one for one in await _texts(group))

    await until(is_there, 600, "the work is with the curators")
    return time.monotonic() - began


async def _texts(group: Chat) -> list[str]:
    return [one.text for one in await group.messages()]


async def _is_quiet(db: Database) -> bool:
    async with db.reading() as conn:
        waiting = select(func.count()).where(table.c.state.in_(("pending", "sending")))
        left = await conn.scalar(waiting)
    return not left
