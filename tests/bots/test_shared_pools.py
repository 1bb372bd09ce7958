"""Several processes serve the bots of one PostgreSQL: each its share, and a dead one's go to the others."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bots.runtime.client import Answer
from bots.runtime.pool import Pool, PoolSettings
from bots.runtime.sending.pacer import Pace
from core.clock import SystemClock
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind
from services.delivery.leases import count_held
from services.reactions.tables import react
from services.tenancy.schemas import ConnectedBot
from tests.fakes.tasks import close_at_rest, end_tasks

pytestmark = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
TTL = 3.0
PATIENCE = 180.0
BOTS = [
    ConnectedBot(7000 + number, 1, BotKind.COURSE, f"bot{number}", "Bot", f"{number}:t")
    for number in range(5)
]


class Telegram:
    """Takes every webhook."""

    async def call(self, token: str, method: str, fields: Mapping[str, Any], *_: Any, **__: Any) -> Answer:
        return Answer(ok=True, result=True)


async def list_bots() -> list[ConnectedBot]:
    return BOTS


@pytest.fixture
async def real(db: Database, env: Environment) -> AsyncIterator[Database]:
    """The same database on the machine's clock: leases run by it."""
    database = Database(db.url.render_as_string(hide_password=False), SystemClock(), env, react)
    yield database
    await close_at_rest(database)


def make_pool(db: Database, owner: str) -> Pool:
    settings = PoolSettings(
        owner, Pace(30), TTL, alone=False, webhook_base="https://x.example", api_url="http://127.0.0.1:9"
    )
    telegram: Any = Telegram()

    async def render(_: Any, __: Any) -> list[Any]:
        return []

    return Pool(db, telegram, render, settings, list_bots)


@asynccontextmanager
async def serving(db: Database, owner: str) -> AsyncIterator[Pool]:
    pool = make_pool(db, owner)
    await pool.start()
    yield pool
    await pool.stop_intake()
    await pool.stop()


async def kill(pool: Pool) -> None:
    """End a process without a word: nothing is given back."""
    tasks = [pool._keeper, *pool._leaving, *(owned.way_in for owned in pool._owned.values())]
    await end_tasks(*filter(None, tasks))
    for owned in pool._owned.values():
        await owned.sender.stop()
    if pool._session:
        await pool._session.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 - pools tell nobody
            await asyncio.sleep(0.02)


def numbers(*pools: Pool) -> list[int]:
    return sorted(number for pool in pools for number in pool.stations())


ALL = [bot.id for bot in BOTS]


async def test_who_comes_gets_a_share_and_who_leaves_gives_it_back(real: Database) -> None:
    async with serving(real, "first") as first:
        await until(lambda: numbers(first) == ALL and first.is_ready())
        async with serving(real, "second") as second:
            await until(lambda: len(second.stations()) == 2 and numbers(first, second) == ALL)
            await until(second.is_ready)
            assert first.is_ready()
        await until(lambda: numbers(first) == ALL)
    assert await count_held(real) == 0


async def test_what_a_dead_one_held_is_taken_when_its_lease_has_run_out(
    real: Database, record_property: Callable[[str, object], None]
) -> None:
    async with serving(real, "living") as living:
        dead = make_pool(real, "dead")
        await dead.start()
        await until(lambda: len(dead.stations()) == 2 and numbers(living, dead) == ALL)
        await kill(dead)
        began = time.monotonic()
        await until(lambda: numbers(living) == ALL)
    record_property("taken over after", time.monotonic() - began)
    print(f"taken over {time.monotonic() - began:.1f} s after the kill, leases of {TTL:.0f} s")
