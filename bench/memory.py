"""What a thousand bots in one process weigh."""

import asyncio
import gc
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bench.figures import Figure, Scale
from bench.race import race
from bench.stage import BOT, Stub, fresh_databases, open_database, start_stub
from bots.runtime.client import TelegramClient
from bots.runtime.intake import Intake
from bots.runtime.pacer import Pace
from bots.runtime.pool import Pool, PoolSettings
from bots.runtime.render import Renderer
from services.tenancy.schemas import ConnectedBot

BOTS = {Scale.FULL: 1_000, Scale.SHORT: 300, Scale.TINY: 5}
WAYS = ("polling", "webhook")
# Until kept connections are closed and first windows forgotten.
SETTLED = {Scale.FULL: 32.0, Scale.SHORT: 18.0, Scale.TINY: 0.0}
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


def run(scale: Scale) -> Sequence[Figure]:
    """The whole process, and what each further bot adds: with a long poll of its own, and by webhook."""
    count, few = BOTS[scale], BOTS[scale] // 10
    with start_stub() as stub, fresh_databases("sqlite") as urls:
        weigh = partial(weigh_bots, stub, urls["sqlite"], SETTLED[scale])
        timings = race(
            {f"{way} {n}": partial(weigh, way, n) for way in WAYS for n in (few, count)},
            scale,
            rounds=1,
            warm_up=False,
        )
    each = {way: (timings[f"{way} {count}"][0] - timings[f"{way} {few}"][0]) / (count - few) for way in WAYS}
    how = "SQLite, one session for all"
    return [
        Figure(
            f"{count:,} bots polling in one process",
            timings[f"polling {count}"][0] / 1024,
            "MB",
            floor=250,
            less_is_better=True,
            how=how,
        ),
        *(
            Figure(f"each further bot, {way}", each[way], "KB", goal=20, less_is_better=True, how=how)
            for way in WAYS
        ),
    ]


def weigh_bots(stub: Stub, url: str, settled: float, way: str, count: int) -> float:
    """KB of a process that owns `count` bots and has been left alone for `settled` seconds."""
    return asyncio.run(_weigh(stub, url, settled, way, count))


async def _weigh(stub: Stub, url: str, settled: float, way: str, count: int) -> float:
    bots = [
        replace(BOT, id=n, username=f"bench_{n}_bot", token=f"{n}:AAFbench")
        for n in range(1000, 1000 + count)
    ]
    telegram = TelegramClient(stub.url)
    async with open_database(url) as db:
        render = Renderer(db.env, {bot.id: bot.username for bot in bots})
        settings = PoolSettings("bench", Pace(), 60.0, True, stub.url if way == "webhook" else None, stub.url)
        pool = Pool(db, telegram, render, settings)
        await pool.start(bots)
        intake = Intake(db, {}, pool.stations)
        handling = asyncio.create_task(intake.run())
        await _until_ready(pool, bots)
        await asyncio.sleep(settled)
        gc.collect()
        kilobytes = _resident_kb()
        await pool.stop_intake()
        intake.stop()
        await handling
        await pool.stop()
    await telegram.close()
    return kilobytes


async def _until_ready(pool: Pool, bots: Sequence[ConnectedBot]) -> None:
    while not pool.is_ready(bots):  # noqa: ASYNC110 - the pool has no event for all
        await asyncio.sleep(0.1)


def _resident_kb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - one line of the kernel's
        return int(file.read().split()[1]) * PAGE_KB
