"""How long it takes to make one row per recipient, beside one bare statement; how much memory, and how long others wait meanwhile."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import func, insert, select, update

from bench.figures import Figure, Scale
from bench.sending import TEXT
from bench.stage import BOT, add_people, fresh_databases, open_database
from core.db.models.delivery import outbox
from core.db.models.tenancy import bots
from core.db.session import Database
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts.starting import send_broadcast

PEOPLE = {Scale.FULL: (100_000, 1_000_000), Scale.SHORT: (100_000,), Scale.TINY: (500,)}
EVERY = 0.005  # seconds between two units of others
BESIDE_BARE = 1.5
ROUNDS = 3
COPY = 1_000_000  # added to the number of the broadcast whose rows are copied
FLAT = 8.0  # MB: SQLite's page cache is allowed to fill


def run(scale: Scale) -> Sequence[Figure]:
    """Both databases, every size in one of its own."""
    figures: list[Figure] = []
    for count in PEOPLE[scale]:
        with fresh_databases(*scale.databases) as urls:
            for kind, url in urls.items():
                figures += asyncio.run(_measure(kind, url, count))
    return figures


async def _measure(kind: str, url: str, count: int) -> list[Figure]:
    async with open_database(url) as db:
        await add_people(db, count)
        await _start(db)  # the same again, so that the measured one finds caches as they are in life
        before = _peak_mb()
        async with _others(db) as waits:
            took = await _timed(_start(db))
        grown = _peak_mb() - before
        rounds = [(await _timed(_start(db)), await _timed(_copy_bare(db))) for _ in range(ROUNDS)]
        alone, bare = (min(column) for column in zip(*rounds, strict=True))
    what = f"{count:,} recipients, {kind}"
    return [
        Figure(
            f"fan-out to {what}, nobody else writing ÷ one bare INSERT … SELECT of its rows",
            alone / bare,
            "x",
            goal=BESIDE_BARE,
            less_is_better=True,
            how=f"{alone:.2f} ÷ {bare:.2f} s, the best of {ROUNDS} each, in turns",
        ),
        Figure(
            f"fan-out to {what} while others write",
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
            grown,
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


async def _timed(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def _copy_bare(db: Database) -> None:
    """The rows of the broadcast before once more, in one statement of the database's own."""
    names = [column.name for column in outbox.c if column.name not in {"id", "broadcast_id"}]
    of_last = select(func.max(outbox.c.broadcast_id)).scalar_subquery()
    rows = select(*(outbox.c[name] for name in names), outbox.c.broadcast_id + COPY)
    copied = insert(outbox).from_select(
        [*names, "broadcast_id"], rows.where(outbox.c.broadcast_id == of_last)
    )
    async with db.transaction() as transaction:
        await transaction.conn.execute(copied)


async def _start(db: Database) -> None:
    await send_broadcast(db, BOT.account_id, BOT.id, Plan(name="News", text={"*": TEXT}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
