"""Units that meet: one is undone and done again; nothing is called twice for it, and nothing is held."""

import asyncio

import pytest
from loguru import logger
from sqlalchemy import update

from core.db.models.delivery import jobs, outbox
from core.db.session import MOST_RACES, Database, UnitOfWork, until_won
from core.errors import RaceLost
from core.events import CallAnswered, DomainEvent, JobFinished, TimerDue
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing, Sent
from services.delivery.timers import fire_due, set_timer
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.work import run_due
from tests.services.delivery.office import claim, own, record
from tests.services.delivery.test_jobs import World, put

PERSON = 1002
ON_POSTGRESQL = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


def lose(room: Database, times: int) -> None:
    """The next events meet another unit that is faster."""
    keep, left = room.react, [times]

    async def react(uow: UnitOfWork, event: DomainEvent) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise RaceLost("another unit was first")
        await keep(uow, event)

    room.react = react


async def test_an_answer_from_outside_is_stored_again_and_not_asked_for_again(
    room: Database, happened: list[DomainEvent]
) -> None:
    world = World()
    await put(room)
    lose(room, MOST_RACES - 1)
    await run_due(room, {"pay": world})
    assert (world.calls, [row.state for row in await read_rows(room, jobs)]) == (1, ["done"])
    assert happened == [JobFinished("pay", "k", {"n": 1}, ok=True, result={"url": "x"})]


async def test_what_follows_from_a_call_is_done_again_and_not_held(
    room: Database, happened: list[DomainEvent]
) -> None:
    lease = await own(room)
    async with room.unit(1) as uow:
        answer = {"name": "link", "ref": 5}
        enqueue(uow, Outgoing(SALES_BOT, PERSON, "createChatInviteLink", {}, "k", on_result=answer))
    [call] = await claim(room, lease)
    lose(room, 1)
    await record(room, lease, Sent(call.call, {"invite_link": "x"}))
    assert [row.state for row in await read_rows(room, outbox)] == ["sent"]
    assert [type(one) for one in happened] == [CallAnswered]


async def test_a_timer_that_lost_a_race_rings_again_at_once_and_is_no_failure(
    room: Database, happened: list[DomainEvent]
) -> None:
    async with room.unit(1) as uow:
        await set_timer(uow, "card", "bc:1", uow.now, {})
    errors: list[str] = []
    sink = logger.add(errors.append, level="ERROR")
    lose(room, 1)
    fired = [await fire_due(room) for _ in range(3)]
    logger.remove(sink)
    assert (fired, happened, errors) == ([1, 1, 0], [TimerDue("card", "bc:1", {})], [])


@ON_POSTGRESQL
async def test_units_that_wait_for_each_other_are_both_done(room: Database) -> None:
    for key in "ab":
        await put(room, key)
    first, second = [row.id for row in await read_rows(room, jobs)]
    met, tries = asyncio.Barrier(2), []

    async def take(one: int, other: int) -> None:
        tries.append(one)
        async with room.unit(1) as uow:
            await _touch(uow, one)
            if len(tries) <= 2:  # both have their first row before either wants its second
                await met.wait()
            await _touch(uow, other)

    await asyncio.gather(until_won(lambda: take(first, second)), until_won(lambda: take(second, first)))
    assert len(tries) == 3
    assert [row.attempts for row in await read_rows(room, jobs)] == [2, 2]


async def _touch(uow: UnitOfWork, job_id: int) -> None:
    more = update(jobs).where(jobs.c.id == job_id).values(attempts=jobs.c.attempts + 1)
    await uow.conn.execute(more)
