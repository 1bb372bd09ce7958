"""Long jobs: done in steps that land with their place, each once, over kills and stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.db.models.delivery import jobs as table
from core.db.session import Database, UnitOfWork
from services.delivery.jobs import HOLD
from services.delivery.long_jobs import steps
from services.delivery.long_jobs.lists import KEPT, forget_old_lines, get_job, read_lines, stop_job
from services.delivery.long_jobs.steps import Line, LongJob, Step, begin_long_job, build_performers
from services.delivery.store import jobs as store
from tests.factories.rows import read_heard, read_rows
from tests.factories.work import run_due
from tests.fakes.clock import StillClock

ANNA = 500_001


@dataclass
class Counting:
    """Counts to `most`, a number a step; fails, or is disturbed, at one of them."""

    most: int = 3
    fails_at: int = 0
    seen: list[int] = field(default_factory=list)

    async def step(self, uow: UnitOfWork, payload: Mapping[str, Any], go_on: Any) -> Step:
        number = (go_on or 0) + 1
        if number == self.fails_at:
            self.fails_at = 0
            raise OSError("away")
        self.seen.append(number)
        line = Line((payload["word"], number), contact_id=7)
        return Step(1, [line], number if number < self.most else None)


async def begin(db: Database) -> int:
    async with db.unit(1) as uow:
        return await begin_long_job(uow, "count", "work", {"word": "w"}, ANNA, total=3)


async def work(db: Database, counting: Counting) -> int:
    kinds = {"count": LongJob(("word", "number"), "work", counting.step)}
    return await run_due(db, build_performers(db, kinds))


async def look(db: Database, job_id: int) -> tuple[str, int]:
    async with db.looking(1) as uow:
        job = await get_job(uow, job_id, {"work"})
    return job.state, job.done


async def test_each_step_lands_with_its_place(room: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "TURN_SECONDS", -1.0)  # a step a turn
    job_id, counting, seen = await begin(room), Counting(), []
    while await work(room, counting):
        seen.append(await look(room, job_id))
    assert seen == [("pending", 1), ("pending", 2), ("done", 3)]
    assert await read_lines(room, 1, job_id, 0) == ([["w", 1], ["w", 2], ["w", 3]], 3)
    assert set(await read_heard(room, "jobs")) == {("job", job_id)}
    assert [row.ended_at for row in await read_rows(room, table)] == [room.clock.real_now()]


async def test_a_step_that_fails_is_taken_again_from_its_place(room: Database, clock: StillClock) -> None:
    job_id, counting = await begin(room), Counting(fails_at=2)
    await work(room, counting)
    assert await look(room, job_id) == ("pending", 1)
    clock.advance(minutes=5)
    await work(room, counting)
    assert (await look(room, job_id), counting.seen) == (("done", 3), [1, 2, 3])


async def test_one_lost_with_its_process_goes_on_where_it_was(room: Database, clock: StillClock) -> None:
    job_id, counting = await begin(room), Counting(fails_at=3)
    await work(room, counting)
    clock.advance(minutes=5)
    async with room.transaction() as transaction:
        await store.claim(transaction.conn, clock.real_now(), HOLD, ["count"], 1)
    clock.advance(seconds=HOLD.total_seconds())
    await work(room, counting)
    assert (await look(room, job_id), counting.seen) == (("done", 3), [1, 2, 3])


async def test_one_that_is_stopped_takes_no_further_step(room: Database, clock: StillClock) -> None:
    job_id, counting = await begin(room), Counting(fails_at=2)
    await work(room, counting)
    for _ in range(2):
        async with room.unit(1) as uow:
            await stop_job(uow, job_id)
    clock.advance(minutes=5)
    assert await work(room, counting) == 0
    assert (await look(room, job_id), counting.seen) == (("stopped", 1), [1])


async def test_lines_are_forgotten_after_a_month(room: Database, clock: StillClock) -> None:
    job_id = await begin(room)
    await work(room, Counting())
    await forget_old_lines(room)
    assert len((await read_lines(room, 1, job_id, 0))[0]) == 3
    clock.advance(days=KEPT.days + 1)
    await forget_old_lines(room)
    assert await read_lines(room, 1, job_id, 0) == ([], 0)
