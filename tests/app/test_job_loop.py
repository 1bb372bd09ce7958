"""Jobs beside each other: what hangs in one lane is waited for by nobody in another, nor by the end of the process."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from loguru import logger

from app.serve.job_loop import JobLoop
from app.serve.workers import tell_awaited
from core.db.models.delivery import jobs as table
from core.db.session import Database, UnitOfWork
from core.environment import FIRST_ACCOUNT, Environment
from core.events import DomainEvent
from services.content.importing.report import Why
from services.content.importing.sent import read_confined
from services.delivery.jobs import Lane, add_job, kind_for
from services.tenancy.accounts import ensure_account
from tests.factories.bombs import sheet_bomb
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock
from tests.fakes.tasks import close_at_rest, end_tasks
from tests.faults.waiting import until
from utils.confined import Limits

SLOTS = 3


@pytest.fixture
async def room(db_url: str, clock: StillClock, env: Environment) -> AsyncIterator[Database]:
    """A database in which nothing follows from anything."""

    async def ignore(_: UnitOfWork, __: DomainEvent) -> None:
        pass

    database = Database(db_url, clock, env, ignore)
    async with database.unit(FIRST_ACCOUNT) as uow:
        await ensure_account(uow)
    yield database
    await close_at_rest(database)


class Hung:
    """A server that takes every call and answers none until it is let go."""

    def __init__(self) -> None:
        self.calls = 0
        self.at_once = 0
        self.most = 0
        self.released = asyncio.Event()

    async def __call__(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.released.wait()
        finally:
            self.at_once -= 1
        return {}


async def pay(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return payload


async def put(db: Database, kind: str, *keys: object) -> None:
    async with db.unit(1) as uow:
        for key in keys:
            await add_job(uow, kind, f"{key}", {"key": f"{key}"})


async def states(db: Database, kind: str) -> list[str]:
    return [row.state for row in await read_rows(db, table) if row.kind == kind]


@asynccontextmanager
async def working(db: Database, *lanes: Lane) -> AsyncIterator[JobLoop]:
    loop = JobLoop(db, lanes)
    running = asyncio.create_task(loop.run())
    try:
        yield loop
    finally:
        loop.stop()
        await end_tasks(running)


async def all_in_state(db: Database, kind: str, wanted: list[str]) -> None:
    async def is_so() -> bool:
        return sorted(await states(db, kind)) == wanted

    await until(is_so, what=f"the jobs of {kind} are {wanted}")


async def test_a_hung_model_holds_up_no_payment(room: Database) -> None:
    model = Hung()
    lanes = Lane("payments", SLOTS, {"pay": pay}), Lane("models", SLOTS, {"ask": model})
    await put(room, "ask", *range(20))
    async with working(room, *lanes):
        await until(lambda: model.calls == SLOTS, what="the model has all it can take")
        await put(room, "pay", *range(2 * SLOTS))
        await all_in_state(room, "pay", ["done"] * 2 * SLOTS)
        assert model.calls == SLOTS
        model.released.set()
        await all_in_state(room, "ask", ["done"] * 20)
    assert model.most == SLOTS


async def test_a_provider_that_hangs_holds_up_no_other_one(room: Database) -> None:
    hung = Hung()
    lanes = (
        Lane("hung", SLOTS, {kind_for("pay", "hung"): hung}),
        Lane("fine", SLOTS, {kind_for("pay", "fine"): pay}),
        Lane("payments", SLOTS, {"pay": pay}),
        Lane("others", SLOTS, {"ask": hung}),
    )
    await put(room, kind_for("pay", "hung"), *range(20))
    async with working(room, *lanes):
        await until(lambda: hung.calls == SLOTS, what="the hung one has all it can take")
        for kind in (kind_for("pay", "fine"), kind_for("pay", "gone"), "pay"):
            await put(room, kind, *(f"{kind}{n}" for n in range(4)))
            await all_in_state(room, kind, ["done"] * 4)
        assert hung.calls == SLOTS
        hung.released.set()


async def test_a_slot_is_taken_anew_as_soon_as_it_is_free(room: Database) -> None:
    hung, quick = Hung(), asyncio.Semaphore(0)

    async def mixed(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        if payload["key"] == "0":
            return await hung(payload)
        quick.release()
        return {}

    await put(room, "ask", *range(9))
    async with working(room, Lane("models", 2, {"ask": mixed})):
        for _ in range(8):
            await quick.acquire()
        await all_in_state(room, "ask", ["done"] * 8 + ["running"])


async def test_a_stop_waits_for_a_payment_but_not_for_a_file(room: Database) -> None:
    bank, file = Hung(), Hung()
    lanes = Lane("payments", 1, {"pay": bank}), Lane("files", 1, {"read": file}, lets_go=True)
    loop = JobLoop(room, lanes)
    running = asyncio.create_task(loop.run())
    await put(room, "pay", 1)
    await put(room, "read", 1)
    await until(lambda: (bank.calls, file.calls) == (1, 1), what="both are called")
    loop.stop()
    await all_in_state(room, "read", ["pending"])
    assert not running.done()
    assert loop.count_under_way() == {"payments": 1}
    bank.released.set()
    await running
    assert await states(room, "pay") == ["done"]
    assert loop.count_under_way() == {}
    assert [row.attempts for row in await read_rows(room, table) if row.kind == "read"] == [0]


def test_a_stop_says_whose_answers_it_waits_for_and_how_long() -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}", level="INFO")
    tell_awaited({})
    tell_awaited({"models": 16, "payments.stripe": 1})
    logger.remove(sink)
    (line,) = lines
    assert line.startswith("the stop waits up to 8 s for calls under way (models 16, payments.stripe 1)")


async def test_a_file_without_end_is_ended_at_its_limit_and_tried_once(
    room: Database, env: Environment
) -> None:
    bomb, limits = sheet_bomb(), Limits(seconds=1, megabytes=400)
    assert len(bomb) < 300_000

    async def read(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return await read_confined(env, {"name": "bomb.xlsx", "slug": "course"}, bomb, limits)

    await put(room, "read", 1)
    async with working(room, Lane("files", 1, {"read": read}), Lane("others", 1, {})):
        await all_in_state(room, "read", ["done"])
    [row] = await read_rows(room, table)
    assert row.attempts == 1
    assert [one["why"] for one in row.result["findings"]] == [Why.TOO_COSTLY]


async def test_the_last_lane_takes_what_nobody_performs(room: Database) -> None:
    await put(room, "unheard", 1)
    async with working(room, Lane("payments", 1, {"pay": pay}), Lane("others", 1, {})):

        async def failed() -> bool:
            return [row.error for row in await read_rows(room, table)] == ["KeyError('unheard')"]

        await until(failed, what="the failure is seen")
