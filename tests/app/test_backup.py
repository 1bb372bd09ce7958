"""Backups: all that is there comes back, in either database; what was changed or cut off is refused, and nothing is half done."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, delete, select, text, update

from app.backup.archive import Manifest, Written, reading, writing
from app.backup.filling import fill as fill_database
from app.backup.restoring import move, restore
from app.backup.taking import take, write_backup
from app.boot.database import build_database
from app.boot.keys import load_keys
from app.boot.machine.lock import AlreadyRunningError, only_owner
from app.boot.process import Process
from app.boot.schema import is_current, migrate
from app.boot.settings import Settings
from app.serve.life_cycle import _go_on
from core.clock import SystemClock
from core.db.dump import Kind
from core.db.models.delivery import leases
from core.db.models.delivery_standstill import standstills
from core.db.models.people import contacts
from core.db.session import Database, run_schema_change
from core.environment import Environment
from services.delivery.standstill import find_standstill, go_on, stand_still
from services.reactions.tables import react
from tests.factories.every_table import NOW, fill
from tests.factories.persons import add_contact
from tests.factories.rows import count_rows, dump_rows
from tests.fakes.clock import StillClock
from tests.fakes.postgres import Postgres
from tests.fakes.tasks import close_at_rest
from utils.sealed import KeyRing, new_master_key
from utils.sealed_stream import NotSealedError

KEYS = KeyRing({"k1": b"s" * 32})
SAID = 'Ёжик said “hello” \N{HEDGEHOG} \\ " \n'


def say_nothing(_: str, __: int) -> None:
    """Nobody watches."""


@pytest.fixture
async def full(db: Database) -> Database:
    """A database with a row in every table, and one with words that want care."""
    await run_schema_change(db.url.render_as_string(hide_password=False), fill_in_full)
    async with db.unit(1) as uow:
        await add_contact(uow, 4_000_000_000)
        await uow.conn.execute(
            update(contacts).where(contacts.c.telegram_id == 4_000_000_000).values(first_name=SAID)
        )
    kept = db.env.data_dir / "kept"
    kept.mkdir(parents=True)
    (kept / "picture.jpg").write_bytes(b"\xff\xd8picture")
    return db


def fill_in_full(connection: Connection) -> None:
    fill(connection, in_full=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"elsewhere_{uuid4().hex[:12]}"
    asyncio.run(server.create_empty(name))
    yield server.url(name)
    asyncio.run(server.drop(name))


@pytest.fixture
async def opened(elsewhere: str, env: Environment, clock: StillClock) -> AsyncIterator[Database]:
    database = Database(elsewhere, clock, env, react)
    yield database
    await close_at_rest(database)


async def test_all_comes_back_in_either_database(
    full: Database, elsewhere: str, opened: Database, tmp_path: Path
) -> None:
    path = tmp_path / "backup"
    manifest = await write_backup(full, KEYS, path, say_nothing)
    assert min(table.rows for table in manifest.tables) == 1
    assert b"hello" not in path.read_bytes()
    with reading(path, KEYS) as archive:
        await fill_database(elsewhere, archive, say_nothing)
        assert archive.list_media() == ["kept/picture.jpg"]
    assert await dump_rows(opened) == await dump_rows(full)
    async with opened.unit(1) as uow:
        await add_contact(uow, 4_000_000_001)
        newest = select(contacts.c.id).order_by(contacts.c.id.desc()).limit(2)
        assert len(set((await uow.conn.scalars(newest)).all())) == 2


async def test_a_backup_is_of_one_moment(full: Database) -> None:
    async with full.snapshot() as conn:
        before = (await conn.scalars(select(contacts.c.telegram_id))).all()
        async with full.unit(1) as uow:
            await add_contact(uow, 4_000_000_002)
        assert (await conn.scalars(select(contacts.c.telegram_id))).all() == before
    assert await count_rows(full, contacts) == len(before) + 1


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)  # the file is the same
@pytest.mark.parametrize("harm", ["a bit", "the end", "the middle", "all"])
async def test_what_is_not_as_it_was_written_is_refused(full: Database, tmp_path: Path, harm: str) -> None:
    path = tmp_path / "backup"
    await write_backup(full, KEYS, path, say_nothing)
    whole = path.read_bytes()
    half = len(whole) // 2
    harmed = {
        "a bit": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :],
        "the end": whole[:-20],
        "the middle": whole[: half - 40] + whole[half + 40 :],
        "all": b"PK" + whole,
    }
    path.write_bytes(harmed[harm])
    with pytest.raises(NotSealedError), reading(path, KEYS):
        pass
    assert list_names(tmp_path, "backup") == ["backup"]


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_without_its_key_it_stays_closed(full: Database, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    await write_backup(full, KEYS, path, say_nothing)
    for other, said in (({"k1": b"o" * 32}, "another master key"), ({"k2": b"o" * 32}, "not in MASTER_KEYS")):
        with pytest.raises(NotSealedError, match=said), reading(path, KeyRing(other)):
            pass
    with reading(path, KeyRing({"k2": b"n" * 32, "k1": b"s" * 32})) as archive:
        assert archive.manifest.media == 1


def list_names(folder: Path, begins: str = "") -> list[str]:
    return sorted(path.name for path in folder.glob(f"{begins}*"))


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, master_keys=SecretStr(f"k1:{(b's' * 32).hex()}"))


async def look_at(settings: Settings) -> tuple[dict[str, Any], str]:
    """All rows but that it stands still, and why it does."""
    db = build_database(settings, load_keys(settings), SystemClock())
    try:
        rows, still = await dump_rows(db), await find_standstill(db)
    finally:
        await db.close()
    rows.pop(standstills.name)
    return rows, still.reason if still else ""


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_restored_it_stands_still_and_what_was_there_is_kept(full: Database, tmp_path: Path) -> None:
    async with full.unit(1) as uow:
        await go_on(uow)
    path, settings = tmp_path / "backup", settings_of(tmp_path / "other")
    await write_backup(full, KEYS, path, say_nothing)
    there = await dump_rows(full)
    there.pop(standstills.name)
    manifest, aside = await restore(settings, path, say_nothing, force=False)
    assert (isinstance(manifest, Manifest), aside) == (True, None)
    rows, reason = await look_at(settings)
    assert rows == there
    assert reason.startswith("restored from a backup of 20")
    assert (settings.data_dir / "kept" / "picture.jpg").read_bytes() == b"\xff\xd8picture"
    with pytest.raises(ValueError, match="--force puts the backup in its place"):
        await restore(settings, path, say_nothing, force=False)
    _, aside = await restore(settings, path, say_nothing, force=True)
    assert aside is not None
    with sqlite3.connect(aside) as kept:
        assert kept.execute("SELECT count(*) FROM contacts").fetchone() == (2,)
    kept.close()


@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
async def test_what_others_keep_in_the_database_stays(full: Database, tmp_path: Path) -> None:
    url, path = full.url.render_as_string(hide_password=False), tmp_path / "backup"
    settings = settings_of(tmp_path / "other").model_copy(update={"database_url": url})
    await write_backup(full, KEYS, path, say_nothing)
    async with full.unit(1) as uow:
        await add_contact(uow, 4_000_000_003)
        await uow.conn.execute(delete(leases))
        await uow.conn.execute(text("CREATE TABLE of_somebody_else (word TEXT)"))
    before = await dump_rows(full)
    _, aside = await restore(settings, path, say_nothing, force=True)
    after = await dump_rows(full)
    assert aside is None
    assert len(after["contacts"]) == len(before["contacts"]) - 1
    async with full.unit(1) as uow:
        assert await uow.conn.scalar(text("SELECT count(*) FROM of_somebody_else")) == 0
        await uow.conn.execute(text("DROP TABLE of_somebody_else"))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_a_damaged_backup_leaves_what_is_there(full: Database, tmp_path: Path) -> None:
    path, settings = tmp_path / "backup", settings_of(tmp_path / "other")
    await write_backup(full, KEYS, path, say_nothing)
    await restore(settings, path, say_nothing, force=False)
    before = await look_at(settings)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotSealedError):
        await restore(settings, path, say_nothing, force=True)
    assert await look_at(settings) == before


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_while_it_is_served_nothing_is_put_in_its_place(full: Database, tmp_path: Path) -> None:
    path, settings = tmp_path / "backup", settings_of(tmp_path / "other")
    await write_backup(full, KEYS, path, say_nothing)
    with only_owner(settings), pytest.raises(AlreadyRunningError):
        await restore(settings, path, say_nothing, force=True)


async def test_the_command_tries_it_out_and_never_writes_over_a_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "own", master_keys=SecretStr(new_master_key()))
    settings.data_dir.mkdir()
    await migrate(settings.url)
    process = Process(settings)
    try:
        path = tmp_path / "safe" / "backup"
        manifest = await take(process, path, say_nothing)
        assert (manifest.rows >= 0, list_names(path.parent)) == (True, ["backup"])
        with pytest.raises(FileExistsError, match="name another file"):
            await take(process, path, say_nothing)
    finally:
        await process.close()


THEN: dict[str, Kind] = {  # what an account was in migration 0065
    **dict.fromkeys(("id", "public_id", "id_key", "name", "default_language"), "plain"),
    "settings": "json",
    "revision": "plain",
    "created_at": "instant",
}


def write_of(path: Path, revision: str) -> None:
    """A backup of another version: one account, and no table that is younger than it."""
    row = [1, "acc_1", "key", "School", "ru", {"public_name": "Школа"}, 7, NOW.isoformat()]
    with writing(path, KEYS) as pack:
        with pack.table("accounts") as lines:
            lines.write(json.dumps(row).encode())
        pack.finish(Manifest(1, "0.0.9", revision, NOW, [Written("accounts", THEN, 1)], 0))


async def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    write_of(tmp_path / "older", "0065")
    settings = settings_of(tmp_path / "other")
    await restore(settings, tmp_path / "older", say_nothing, force=False)
    assert await is_current(settings.url)
    rows, _ = await look_at(settings)
    assert rows["accounts"] == [(1, "acc_1", "key", "School", "ru", {"public_name": "Школа"}, 7, NOW)]
    write_of(tmp_path / "newer", "9999")
    with pytest.raises(ValueError, match="newer than this one"):
        await restore(settings_of(tmp_path / "third"), tmp_path / "newer", say_nothing, force=False)


async def test_moved_it_goes_on_elsewhere_and_stands_still_here(
    elsewhere: str, opened: Database, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path / "own")
    settings.data_dir.mkdir()
    await migrate(settings.url)
    await run_schema_change(settings.url, fill_but_standing)
    process = Process(settings)
    try:
        before = await dump_rows(process.db)
        await move(process, elsewhere, say_nothing)
        assert await dump_rows(opened) == before
        still = await find_standstill(process.db)
        with pytest.raises(ValueError, match="name an empty one"):
            await move(process, elsewhere, say_nothing)
    finally:
        await process.close()
    assert still is not None
    assert still.reason == "moved to another database"


def fill_but_standing(connection: Connection) -> None:
    fill(connection)
    connection.execute(delete(standstills))


async def test_nothing_begins_while_it_stands_still(db: Database) -> None:
    async with db.unit(1) as uow:
        await stand_still(uow, "because")
        await stand_still(uow, "again")
    still = await find_standstill(db)
    assert still is not None
    assert still.reason == "because"
    stop: asyncio.Event = asyncio.Event()
    process: Any = SimpleNamespace(db=db)
    waiting = asyncio.create_task(_go_on(process, stop))
    async with db.unit(1) as uow:
        assert await go_on(uow)
        assert not await go_on(uow)
    assert await asyncio.wait_for(waiting, 120)
    async with db.unit(1) as uow:
        await stand_still(uow, "because")
    stop.set()
    assert not await _go_on(process, stop)
