"""What a thousand bots in one process weigh, and how soon one more is served."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from bench.figures import Figure, Scale
from bench.race import race
from bench.stage import BOT, Stub, fresh_databases, open_database, start_stub
from bots.runtime.client import TelegramClient
from bots.runtime.intake import Intake
from bots.runtime.pool import READY, Pool, PoolSettings
from bots.runtime.sending.pacer import Pace
from bots.runtime.sending.render import Renderer
from core.lifecycle import BotKind
from services.tenancy.accounts import ensure_account
from services.tenancy.bot_care.connecting import Said, Wish, connect
from services.tenancy.schemas import ConnectedBot

BOTS = {Scale.FULL: 1_000, Scale.SHORT: 300, Scale.TINY: 5}
WAYS = ("polling", "webhook")
# Until kept connections are closed and first windows forgotten.
SETTLED = {Scale.FULL: 32.0, Scale.SHORT: 18.0, Scale.TINY: 0.0}
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


def run(scale: Scale) -> Sequence[Figure]:
    """The whole process, and what each further bot adds: with a long poll of its own, and by webhook."""
    count, few = BOTS[scale], max(1, BOTS[scale] // 10)
    with start_stub() as stub, fresh_databases("sqlite") as urls:
        weigh = partial(weigh_bots, stub, urls["sqlite"], SETTLED[scale])
        timings = race(
            {f"{way} {n}": partial(weigh, way, n) for way in WAYS for n in (few, count)},
            scale,
            rounds=1,
            warm_up=False,
        )
    with start_stub() as stub, fresh_databases("sqlite") as urls:
        one_more = race(
            {"one more": partial(time_one_more, stub, urls["sqlite"], count)}, scale, rounds=1, warm_up=False
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
        Figure(
            f"bot {count + 1:,} connected and served",
            one_more["one more"][0],
            "s",
            floor=2,
            less_is_better=True,
            how=f"{how}; 1 s of it is the look whether another program polls",
        ),
    ]


def weigh_bots(stub: Stub, url: str, settled: float, way: str, count: int) -> float:
    """KB of a process that owns `count` bots and has been left alone for `settled` seconds."""
    return asyncio.run(_weigh(stub, url, settled, way, count))


async def _weigh(stub: Stub, url: str, settled: float, way: str, count: int) -> float:
    async with _serving(stub, url, way, count):
        await asyncio.sleep(settled)
        gc.collect()
        return _resident_kb()


def time_one_more(stub: Stub, url: str, count: int) -> float:
    """Seconds from the wish to connect one more bot to its first answer of Telegram's, beside `count` others."""
    return asyncio.run(_time_one_more(stub, url, count))


async def _time_one_more(stub: Stub, url: str, count: int) -> float:
    async with _serving(stub, url, "polling", count) as (pool, bots):
        number = bots[-1].id + 1
        token = f"{number}:AAFbench"

        async def ask(token: str, method: str, fields: Mapping[str, Any]) -> Said:
            answer = await pool.telegram.call(token, method, fields)
            said = {
                "getMe": {"id": number, "username": f"bench_{number}_bot", "first_name": "One more"},
                "getWebhookInfo": {"url": ""},
            }
            return Said(answer.ok, said.get(method, answer.result), answer.code, answer.error)

        async with pool.db.unit(BOT.account_id) as uow:
            await ensure_account(uow)
        began = time.perf_counter()
        bots.append(await connect(pool.db, ask, BOT.account_id, Wish(token, BotKind.COURSE)))
        while not (pool.wanted.keys() >= {number} and pool.is_ready()):
            await pool.db.bell.wait(READY, 1.0)
        return time.perf_counter() - began


@asynccontextmanager
async def _serving(
    stub: Stub, url: str, way: str, count: int
) -> AsyncIterator[tuple[Pool, list[ConnectedBot]]]:
    """A process that owns so many bots, and receives for all of them."""
    bots = [
        replace(BOT, id=n, username=f"bench_{n}_bot", token=f"{n}:AAFbench")
        for n in range(1000, 1000 + count)
    ]
    telegram = TelegramClient(stub.url)
    async with open_database(url) as db:

        async def list_bots() -> list[ConnectedBot]:
            return bots

        render = Renderer(db.env, {bot.id: bot.username for bot in bots})
        settings = PoolSettings("bench", Pace(), 60.0, True, stub.url if way == "webhook" else None, stub.url)
        pool = Pool(db, telegram, render, settings, list_bots)
        await pool.start()
        intake = Intake(db, {}, pool.stations)
        handling = asyncio.create_task(intake.run())
        await _until_ready(pool)
        yield pool, bots
        await pool.stop_intake()
        intake.stop()
        await handling
        await pool.stop()
    await telegram.close()


async def _until_ready(pool: Pool) -> None:
    while not pool.is_ready():  # noqa: ASYNC110 - the pool has no event for all
        await asyncio.sleep(0.1)


def _resident_kb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - one line of the kernel's
        return int(file.read().split()[1]) * PAGE_KB
