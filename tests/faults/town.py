"""A local Telegram for drills, in a thread or in a process of its own, and the people who live there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from core.db.models.people import chats, contacts
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.lifecycle import ChatState
from sandbox.beside import running
from sandbox.client.client import SandboxClient
from sandbox.state.options import Limits, Options

ROOT = Path(__file__).parents[2]
SALES, COURSE = "111111:AAA-sales", "222222:BBB-course"
SALES_ID, COURSE_ID = 111111, 222222
BOTS = ((SALES, "sales_bot"), (COURSE, "course_bot"))
CHUNK = 5_000
FAST = Limits(per_bot=5_000, per_chat=1_000, chat_burst=1_000, per_group=10_000, group_window=1.0)


@dataclass(frozen=True)
class Town:
    """A running sandbox."""

    url: str
    tg: SandboxClient


@asynccontextmanager
async def town_here(limits: Limits = FAST, **more: object) -> AsyncIterator[Town]:
    """A sandbox in a thread with a loop of its own: nothing it does is cancelled by a crash of ours."""
    beside = running(Options(limits=limits, bots=BOTS, log_size=200_000, **more))  # type: ignore[arg-type]
    url = await asyncio.to_thread(beside.__enter__)
    try:
        async with SandboxClient(url) as tg:
            yield Town(url, tg)
    finally:
        await asyncio.to_thread(beside.__exit__, None, None, None)


@asynccontextmanager
async def town_apart(rate: int = 5_000, *flags: str) -> AsyncIterator[Town]:
    """A sandbox in a process of its own."""
    bots = [part for token, name in BOTS for part in ("--bot", f"{token}={name}")]
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--rate", str(rate), *bots, *flags]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    try:
        async with SandboxClient(url) as tg:
            yield Town(url, tg)
    finally:
        process.kill()
        await process.wait()


async def settle_people(db: Database, town: Town, count: int, zones: Sequence[str] = ("UTC",)) -> list[int]:
    """People who have long had the sales bot open, in Telegram and in our tables; gives their Telegram ids."""
    ids = await town.tg.people(count, started="sales_bot")
    await write_down(db, ids, zones)
    return ids


async def write_down(db: Database, ids: Iterable[int], zones: Sequence[str] = ("UTC",)) -> None:
    """Contacts and open chats with the sales bot for these people, who live in these zones by turns."""
    everybody = list(ids)
    common = {"account_id": FIRST_ACCOUNT}
    now = db.clock.now()
    for start in range(0, len(everybody), CHUNK):
        some = everybody[start : start + CHUNK]
        people = [
            {"telegram_id": one, "first_name": "Ann", "language": "ru", "zone": zones[one % len(zones)]}
            | {"created_at": now, **common}
            for one in some
        ]
        async with db.transaction() as transaction:
            rows = await transaction.conn.execute(
                insert(contacts).returning(contacts.c.id, contacts.c.telegram_id), people
            )
            opened = [
                {"bot_id": SALES_ID, "contact_id": row.id, "telegram_id": row.telegram_id, "opened_at": now}
                | {"state": ChatState.OPEN}
                | common
                for row in rows
            ]
            await transaction.conn.execute(insert(chats), opened)
