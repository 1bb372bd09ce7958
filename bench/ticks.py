"""What a tick costs when nothing is due among a million timers, and when ten thousand are."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert

from app.serve.scheduler import run_tick
from bench.figures import Figure, Scale
from bench.stage import BOT, CHUNK, fresh_databases, open_database
from core.db.models.delivery import timers
from core.db.session import Database, UnitOfWork
from core.events import DomainEvent
from core.lifecycle import Misfire

FEW = 1_000
MANY = {Scale.FULL: 1_000_000, Scale.SHORT: 100_000, Scale.TINY: 2_000}
DUE = {Scale.FULL: 10_000, Scale.SHORT: 10_000, Scale.TINY: 600}
TICKS = {Scale.FULL: 300, Scale.SHORT: 200, Scale.TINY: 5}


def run(scale: Scale) -> Sequence[Figure]:
    """Empty and full ticks on both databases."""
    with fresh_databases(*scale.databases) as urls:
        return [figure for kind, url in urls.items() for figure in asyncio.run(_measure(kind, url, scale))]


async def _measure(kind: str, url: str, scale: Scale) -> list[Figure]:
    async with open_database(url, _ignore) as db:
        await _add_timers(db, FEW, timedelta(days=30))
        among_few = await _empty_tick(db, TICKS[scale])
        await _add_timers(db, MANY[scale] - FEW, timedelta(days=30))
        among_many = await _empty_tick(db, TICKS[scale])
        await _add_timers(db, DUE[scale], timedelta(seconds=-1))
        began = time.perf_counter()
        await run_tick(db, [BOT.id])
        full = time.perf_counter() - began
        await _forget_timers(db)
    many = f"{MANY[scale]:,} timers"
    return [
        Figure(f"empty tick, {kind}", among_many * 1000, "ms", floor=2.0, less_is_better=True, how=many),
        Figure(
            f"empty tick, {many} ÷ {FEW:,}, {kind}",
            among_many / among_few,
            "x",
            floor=2.0,
            less_is_better=True,
            how=f"{among_many * 1000:.2f} ÷ {among_few * 1000:.2f} ms (medians of {TICKS[scale]})",
        ),
        Figure(
            f"tick with {DUE[scale]:,} due, {kind}",
            full,
            "s",
            floor=0.5,
            less_is_better=True,
            how=f"of {many}",
        ),
    ]


async def _ignore(_: UnitOfWork, __: DomainEvent) -> None:
    """The price of being due, without what follows from it."""


async def _empty_tick(db: Database, times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await run_tick(db, [BOT.id])
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def _add_timers(db: Database, count: int, due_in: timedelta) -> None:
    due_at = db.clock.now() + due_in
    for start in range(0, count, CHUNK):
        async with db.transaction() as transaction:
            rows = [_timer(due_at, start + n) for n in range(min(CHUNK, count - start))]
            await transaction.conn.execute(insert(timers), rows)


def _timer(due_at: Any, number: int) -> dict[str, Any]:
    key = f"{due_at.timestamp()}:{number}"
    common = {"account_id": BOT.account_id, "kind": "bench", "misfire": Misfire.SEND, "attempts": 0}
    return {
        "key": key,
        "due_at": due_at + timedelta(milliseconds=number),
        "payload": {"run_id": number},
        **common,
    }


async def _forget_timers(db: Database) -> None:
    async with db.transaction() as transaction:
        await transaction.conn.execute(delete(timers))
