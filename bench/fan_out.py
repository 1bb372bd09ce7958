"""How long it takes to make one row per recipient, how much memory, and how long others wait for the writer meanwhile."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import update

from bench.figures import Figure, Scale
from bench.sending import TEXT
from bench.stage import BOT, add_people, fresh_databases, open_database
from core.db.models.tenancy import bots
from core.db.session import Database
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.starting import send_broadcast

PEOPLE = {Scale.FULL: (100_000, 1_000_000), Scale.SHORT: (100_000,), Scale.TINY: (500,)}
EVERY = 0.005  # seconds between two units of others
FLAT = 8.0  # MB: SQLite's page cache is allowed to fill


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases, every size in one of its own."""
    found: list[Figure] = []
    for count in PEOPLE[scale]:
        with fresh_databases(*scale.databases) as urls:
            for kind, url in urls.items():
                found += asyncio.run(_measure(kind, url, count))
    return found


async def _measure(kind: str, url: str, count: int) -> list[Figure]:
    async with open_database(url) as db:
        await add_people(db, count)
        await _start(db)  # the same again, so that the measured one finds caches as they are in life
        before = _peak_mb()
        async with _others(db) as waits:
            began = time.perf_counter()
            await _start(db)
            took = time.perf_counter() - began
    what = f"{count:,} recipients, {kind}"
    return [
        Figure(
            f"fan-out to {what}",
            took,
            "s",
            floor=5e-6 * count,
            goal=3e-6 * count,
            less_is_better=True,
            how="piece by piece, from the start to the last one in line",
        ),
        Figure(
            f"longest wait for the writer during a fan-out to {what}",
            max(waits) * 1000,
            "ms",
            goal=50,
            less_is_better=True,
            how=f"of {len(waits)} small units, one each {EVERY * 1000:.0f} ms",
        ),
        Figure(
            f"memory of a fan-out to {what}",
            _peak_mb() - before,
            "MB",
            floor=FLAT,
            less_is_better=True,
            how="growth of the process's peak",
        ),
    ]


@asynccontextmanager
async def _others(db: Database) -> AsyncIterator[list[float]]:
    """Somebody else who writes all the time; how many seconds each of their units took."""
    waits: list[float] = []

    async def write() -> None:
        while True:
            began = time.perf_counter()
            async with db.unit(BOT.account_id) as uow:
                await uow.conn.execute(touch)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(EVERY)

    touch = update(bots).where(bots.c.id == BOT.id).values(name=BOT.name)
    writing = asyncio.create_task(write())
    await asyncio.sleep(EVERY)
    yield waits
    writing.cancel()
    await asyncio.wait([writing])


async def _start(db: Database) -> None:
    await send_broadcast(db, BOT.account_id, BOT.id, Plan(name="News", text={"*": TEXT}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
