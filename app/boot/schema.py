"""Migrations run from the product: up to the newest, or refused with a plain message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from asyncpg import PostgresError
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.db.session import run_schema_change

ROOT = Path(__file__).parents[2]
UNREACHABLE = (OSError, SQLAlchemyError, PostgresError)


FULL = "the disk is full: make room where the database lies, and try again; nothing was left half done"
WORDS = {
    "disk is full": FULL,
    "diskfullerror": FULL,
    "no space left": FULL,
    "disk i/o error": "the disk takes nothing more: look whether it is full or broken, and try again; nothing was left half done",
    "readonly database": "the database cannot be written: look at who owns its file and its folder",
}


def explain(error: DBAPIError) -> str:
    """What the database says about its disk, in plain words; empty for what is no such trouble."""
    said = str(error.orig).lower()
    return next((words for sign, words in WORDS.items() if sign in said), "")


def _config() -> Config:
    return Config(ROOT / "alembic.ini")


async def migrate(url: str) -> None:
    """Bring the database up to the newest migration; ValueError if it does not answer."""
    async with _connected(url):
        pass
    await run_schema_change(url, lambda connection: upgrade(connection, "head"))


def find_head() -> str:
    """The newest migration there is."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def knows(revision: str) -> bool:
    """Whether there is such a migration."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the database up to a migration, over an open connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url)
    try:
        connection = await engine.connect()
    except UNREACHABLE as error:
        raise ValueError(
            f"the database does not answer ({error}): check DATABASE_URL and DATA_DIR"
        ) from error
    try:
        yield connection
    finally:
        await connection.close()
        await engine.dispose()


async def is_current(url: str) -> bool:
    """Whether the database has all migrations; ValueError if it does not answer."""
    async with _connected(url) as connection:
        revision = await connection.run_sync(
            lambda conn: MigrationContext.configure(conn).get_current_revision()
        )
    return revision == find_head()


async def is_new(url: str) -> bool:
    """Whether nothing has ever been made in the database; ValueError if it does not answer."""
    async with _connected(url) as connection:
        return await connection.run_sync(
            lambda conn: MigrationContext.configure(conn).get_current_revision() is None
        )


async def is_ready(url: str) -> bool:
    """Whether there is a database with all migrations; looking makes none."""
    if _lacks_file(url):
        return False
    try:
        return await is_current(url)
    except ValueError:
        return False


def _lacks_file(url: str) -> bool:
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file()
