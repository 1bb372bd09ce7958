"""Runs that went on while the clock was ahead: what happened in them and what they wait for is put right with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.db.session import UnitOfWork
from core.errors import RaceLost
from core.flow.pausing import put_earlier, wait_until_others
from core.flow.run import Run, dump_run_state
from services.delivery.schemas import Earlier
from services.learning.runs.effects import TIMER
from services.learning.schemas import StoredRun
from services.learning.store import runs as store

PIECE = 200


async def put_right(uow: UnitOfWork, moment: datetime, by: timedelta, after_id: int) -> int | None:
    """Have what happened after a moment lie so much earlier, in the runs behind an id; gives the last, None after all."""
    spoken = await store.list_spoken_after(uow.conn, uow.account_id, moment, after_id, PIECE)
    for run in spoken:
        await _save(uow, run, put_earlier(run.value, by, moment))
    return spoken[-1].id if spoken else None


async def follow_timers(uow: UnitOfWork, timers: Sequence[Earlier]) -> None:
    """Runs wait until their timers ring."""
    moved: dict[int, dict[datetime, datetime]] = {}
    for timer in timers:
        if timer.kind == TIMER:
            moved.setdefault(timer.payload["run_id"], {})[timer.before] = timer.due_at
    for run in await store.list_runs(uow.conn, uow.account_id, moved):
        await _save(uow, run, wait_until_others(run.value, moved[run.id]))


async def _save(uow: UnitOfWork, stored: StoredRun, value: Run) -> None:
    values = {"state": dump_run_state(value)}
    if not await store.save_run(uow.conn, uow.account_id, stored.id, stored.version, values):
        raise RaceLost(f"run {stored.id} was advanced by another unit")
