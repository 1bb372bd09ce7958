"""One local Telegram per test worker; schools on it, each with its own bots and people."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from sandbox.client.client import SandboxClient
from tests.fakes.postgres import Postgres

pytest.register_assert_rewrite("tests.stories.school", "tests.stories.people")

from tests.stories.people import Buyer, buyer  # noqa: E402 - registered first
from tests.stories.school import School, furnish, see_daylight, started_sandbox  # noqa: E402 - registered first

OpenSchool = Callable[..., School]
NewBuyer = Callable[..., object]


@pytest.fixture(scope="session")
def telegram() -> Iterator[str]:
    """The address of a local Telegram."""
    with started_sandbox() as address:
        yield address


@pytest.fixture
async def tg(telegram: str) -> AsyncIterator[SandboxClient]:
    """The local Telegram, by day."""
    async with SandboxClient(telegram) as client:
        await see_daylight(client)
        yield client


@pytest.fixture
def open_school(telegram: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenSchool]:
    """Make schools for one test; each is stopped at its end. Nothing is started yet; a `bare` one has no database."""
    opened: list[School] = []
    made: list[str] = []

    def make(database: str = "sqlite", *, bare: bool = False, **env: str) -> School:
        folder = tmp_path / f"school{len(opened)}"
        if database == "postgresql":
            server: Postgres = request.getfixturevalue("postgres" if bare else "migrated_postgres")
            made.append(f"story_{uuid4().hex[:12]}")
            asyncio.run(server.create(made[-1], migrated=not bare))
            env["DATABASE_URL"] = server.url(made[-1])
        opened.append(furnish(telegram, folder, **env))
        if database == "sqlite" and not bare:
            shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "data" / "tandem.db")
        return opened[-1]

    yield make
    for one in opened:
        one.stop()
    for name in made:
        asyncio.run(request.getfixturevalue("postgres").drop(name))


@pytest.fixture(scope="session")
def _shared_school(telegram: str, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> School:
    school = furnish(telegram, tmp_path_factory.mktemp("school"))
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.install()
    return school


@pytest.fixture(scope="module")
def _running_school(_shared_school: School) -> Iterator[School]:
    """It stands still while other modules are tested: even idle it takes a thirtieth of a core."""
    _shared_school.start()
    yield _shared_school
    _shared_school.stop()


@pytest.fixture
async def school(_running_school: School, tg: SandboxClient) -> AsyncIterator[School]:
    """A running school that several stories share; at the end of each it must be well.

    Other stories move its clock, too, by months: then it says that it puts nobody out of groups.
    """
    _running_school.new_log()
    yield _running_school
    await _running_school.assert_well(tg, expected="alarm=clock")


@pytest.fixture
async def anna(tg: SandboxClient, school: School) -> Buyer:
    """Somebody who has never heard of the school."""
    return await buyer(tg, school)
