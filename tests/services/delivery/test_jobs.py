"""Calls to the outside world: claimed by one, repeated when lost, given up when refused for good."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from core.db.models.delivery import jobs as table
from core.db.session import Database
from core.events import DomainEvent, JobFinished
from services.delivery.jobs import HOLD, MOST_TRIES, PermanentFailure, add_job, is_any_at_work
from services.delivery.sending.dead_letters import list_dead_letters, replay_dead_letter
from services.delivery.store import jobs as store
from tests.factories.rows import read_heard, read_rows
from tests.factories.work import run_due
from tests.fakes.clock import StillClock
from tests.fakes.tasks import end_tasks


class World:
    """The outside world: counts calls, answers or not."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.error = error

    async def __call__(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls += 1
        if self.error:
            raise self.error
        return {"url": "x"}


async def put(db: Database, key: str = "k") -> None:
    async with db.unit(1) as uow:
        await add_job(uow, "pay", key, {"n": 1})


async def test_done_once_and_told(room: Database, happened: list[DomainEvent]) -> None:
    world = World()
    await put(room)
    await put(room)
    assert await run_due(room, {"pay": world}) == 1
    assert await run_due(room, {"pay": world}) == 0
    await put(room)
    assert await run_due(room, {"pay": world}) == 0
    assert world.calls == 1
    assert happened == [JobFinished("pay", "k", {"n": 1}, ok=True, result={"url": "x"})]
    [job] = await read_rows(room, table)
    assert await read_heard(room, "jobs") == 3 * [("job", job.id)], "it is there, is taken, is done"


async def test_two_processes_share_the_work(room: Database) -> None:
    world = World()
    for number in range(12):
        await put(room, f"{number}")
    await asyncio.gather(*(run_due(room, {"pay": world}) for _ in range(4)))
    assert world.calls == 12
    assert {row.state for row in await read_rows(room, table)} == {"done"}


async def test_one_lost_with_its_process_is_claimed_again(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    await put(room)
    async with room.transaction() as transaction:
        [lost] = await store.claim(transaction.conn, clock.real_now(), HOLD, ["pay"], 1)
    world = World()
    assert await run_due(room, {"pay": world}) == 0
    clock.advance(seconds=HOLD.total_seconds())
    assert await run_due(room, {"pay": world}) == 1
    async with room.unit(1) as uow:
        assert not await store.finish(uow.conn, 1, lost, {"state": "done"})
    assert len(happened) == 1


async def test_what_waits_for_the_outside_world_is_known(room: Database) -> None:
    assert not await is_any_at_work(room)
    await put(room)
    assert await is_any_at_work(room)
    await run_due(room, {"pay": World(OSError("away"))})
    assert not await is_any_at_work(room), "the next try is later"


async def test_trouble_is_tried_again_and_given_up_in_the_end(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    world = World(OSError("away"))
    await put(room)
    for _ in range(MOST_TRIES + 3):
        await run_due(room, {"pay": world})
        clock.advance(minutes=5)
    assert world.calls == MOST_TRIES
    assert happened == [
        JobFinished("pay", "k", {"n": 1}, ok=False, result={"error": "away", "permanent": False})
    ]
    [letter] = await list_dead_letters(room, 1)
    assert (letter.kind, letter.what) == ("job", "pay k")
    world.error = None
    heard = await read_heard(room, "jobs")
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "job", None) == 1
    assert (await read_heard(room, "jobs"))[len(heard) :] == [("job", letter.id)]
    await run_due(room, {"pay": world})
    assert [row.state for row in await read_rows(room, table)] == ["done"]


async def test_a_refusal_for_good_is_not_repeated(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    world = World(PermanentFailure("closed account"))
    await put(room)
    for _ in range(3):
        await run_due(room, {"pay": world})
        clock.advance(minutes=5)
    assert world.calls == 1
    assert [row.state for row in await read_rows(room, table)] == ["dead"]
    assert len(happened) == 1


async def test_a_stop_puts_what_is_under_way_back_in_line(room: Database) -> None:
    begun = asyncio.Event()

    async def never_answers(_: Mapping[str, Any]) -> Mapping[str, Any]:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    await put(room)
    running = asyncio.create_task(run_due(room, {"pay": never_answers}))
    await begun.wait()
    await end_tasks(running)
    [row] = await read_rows(room, table)
    assert (row.state, row.attempts) == ("pending", 0)
    world = World()
    assert await run_due(room, {"pay": world}) == 1
    assert world.calls == 1


async def test_a_kind_nobody_performs_is_visible(room: Database, clock: StillClock) -> None:
    await put(room)
    for _ in range(MOST_TRIES):
        await run_due(room, {})
        clock.advance(minutes=5)
    [letter] = await list_dead_letters(room, 1)
    assert letter.error == "KeyError('pay')"


async def test_whatever_the_database_plans_no_more_are_claimed_than_are_wanted(room: Database) -> None:
    for number in range(20):
        await put(room, f"{number}")
    async with room.transaction() as transaction:
        if not room.is_sqlite:  # a loop over the table may look for the due ones again for each of its rows
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                await transaction.conn.execute(text(f"SET LOCAL enable_{way} = off"))
        taken = await store.claim(transaction.conn, room.clock.real_now(), HOLD, ["pay"], 3)
    assert len(taken) == 3
