"""Migrations run from the product: up to the newest, or refused with a plain message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from asyncpg import PostgresError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.db.session import run_schema_change

ROOT = Path(__file__).parents[1]
UNREACHABLE = (OSError, SQLAlchemyError, PostgresError)


def _config() -> Config:
    return Config(ROOT / "alembic.ini")


async def migrate(url: str) -> None:
    """Bring the database up to the newest migration; ValueError if it does not answer."""
    async with _connected(url):
        pass
    await run_schema_change(url, _upgrade)


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


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def is_current(url: str) -> bool:
    """Whether the database has all migrations; ValueError if it does not answer."""
    async with _connected(url) as connection:
        found = await connection.run_sync(
            lambda conn: MigrationContext.configure(conn).get_current_revision()
        )
    return found == ScriptDirectory.from_config(_config()).get_current_head()
