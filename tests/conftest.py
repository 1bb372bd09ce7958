"""Both databases for every test that asks for one, migrated once and copied; a clock that stands still."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from app.boot.schema import migrate
from core.db.session import Database
from core.environment import FIRST_ACCOUNT, Environment
from core.pay_ways import PayWay
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock
from tests.fakes.postgres import Postgres, start_postgres
from tests.fakes.statements import share_compiled_statements
from tests.fakes.tasks import close_at_rest
from tests.stories.forked import ADDRESS, start_fork_server
from utils import redaction
from utils.sealed import KeyRing

gc.disable()  # what is imported and collected stays: until that is done there is no garbage to look for
pytest_plugins = ("sandbox.pytest_plugin",)
os.environ["LC_ALL"] = "C.UTF-8"  # what a terminal says is read here in English, whoever runs the tests
LONGEST = (  # the costliest first
    "test_demo.py",
    "test_speaking_to_many.py",
    "test_forged_buttons.py",
    "test_months_of_money.py",
    "test_killed_on_the_way.py",
    "test_rehearse.py",
    "test_desk_wizard.py",
    "test_every_element.py",
    "test_money_set_aside.py",
    "test_walk_in_the_browser.py",
    "test_under_attack.py",
    "test_fast_people.py",
    "test_as_a_new_user.py",
    "test_real_money.py",
    "test_the_path.py",
    "test_desk_students.py",
    "test_course_files.py",
)
COST = {name: place for place, name in enumerate(LONGEST)}
TESTS = Path(__file__).parent
ONE_WILL_DO = frozenset({TESTS / "bots", TESTS / "faults"})
BOTH_IN_FULL = frozenset({TESTS / "migrations", TESTS / "models", TESTS / "payment"})
TESTS_OF_DATABASES = frozenset(
    {
        "test_killed_sender.py",
        "test_nothing_written.py",
        "test_steered_broadcast.py",
        "test_several_processes.py",
        "test_shared_pools.py",
        "test_stopped_and_restarted.py",
        "test_three_answers.py",
        "test_updates_survive.py",
    }
)
LEFT_TO_DRILLS = frozenset((TESTS / "left_to_drills.txt").read_text("utf-8").splitlines())
SEEN = pytest.StashKey[set[str]]()
POSTGRES_FOLDER = pytest.StashKey["TemporaryDirectory[str]"]()
DATABASES = ("sqlite", "postgresql")
MakeDatabase = Callable[..., Database]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first: whichever worker got one last would be waited for by all others. The rest stays random."""
    items.sort(key=lambda item: COST.get(item.path.name, len(COST)))


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: looking through it for garbage again and again costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Before the first database is opened, and before a worker is started."""
    share_compiled_statements()
    if config.getoption("numprocesses", None):
        os.environ[ADDRESS] = start_fork_server()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave what PostgreSQL would hardly show anew to the long drills.

    Handlers hold no SQL, and a bad network does not ask which database is behind it. Of a table of cases the first
    shows that the statements are right there, too; `tests/postgres_cover.py` finds whose statements others show.
    """
    params = getattr(getattr(item, "callspec", None), "params", {})
    if params.get("db_url") != "postgresql" or item.path.name in TESTS_OF_DATABASES:
        return
    if not BOTH_IN_FULL.isdisjoint(item.path.parents):
        return
    seen, test = item.config.stash.setdefault(SEEN, set()), item.nodeid.partition("[")[0]
    if not ONE_WILL_DO.isdisjoint(item.path.parents) or test in seen | LEFT_TO_DRILLS:
        item.add_marker(pytest.mark.faults)
    seen.add(test)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All workers of a run share the server of one folder, and its template."""
    config: pytest.Config = node.config
    if POSTGRES_FOLDER not in config.stash:
        config.stash[POSTGRES_FOLDER] = folder = _postgres_folder()
        config.add_cleanup(folder.cleanup)
    node.workerinput["postgres_folder"] = config.stash[POSTGRES_FOLDER].name


def _postgres_folder() -> "TemporaryDirectory[str]":
    # Not in pytest's folder: every session that starts closes that one to all users but its own, also to the
    # user whom PostgreSQL runs as when the tests are root's.
    return TemporaryDirectory(prefix="tandem-postgres-")


@pytest.fixture(autouse=True)
def _secrets_of_one_test() -> Iterator[None]:
    """What a test has made a secret is a word again behind it: others may have to say it."""
    known = list(redaction._known)
    yield
    redaction.forget()
    redaction.hide(*known)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """A real PostgreSQL of this run's own, or the one of TEST_POSTGRES_URL."""
    shared = getattr(request.config, "workerinput", {}).get("postgres_folder")
    with (
        nullcontext(shared) if shared else _postgres_folder() as folder,
        start_postgres(Path(folder)) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Postgres:
    """A PostgreSQL whose template database is migrated."""
    asyncio.run(postgres.make_template(migrate))
    return postgres


@pytest.fixture(scope="session")
def used_postgres(migrated_postgres: Postgres) -> Iterator[tuple[Postgres, str]]:
    """One migrated database for all tests of this worker; each leaves it empty."""
    name = f"test_{uuid4().hex[:12]}"
    asyncio.run(migrated_postgres.create(name))
    yield migrated_postgres, name
    asyncio.run(migrated_postgres.drop(name))


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    """Facts of a small installation; a course day lasts a day."""
    return Environment(
        course_day=timedelta(days=1),
        admin_ids=(1001,),
        review_chat_id=None,
        community_chats={},
        pay_ways=(PayWay("mock"),),
        production=False,
        content_dir=tmp_path,
        signing_key=b"k" * 32,
        keys=KeyRing({"k1": b"s" * 32}),
        data_dir=tmp_path / "data",
    )


@pytest.fixture
def clock() -> StillClock:
    """A clock that moves only when told to."""
    return StillClock()


@pytest.fixture(params=DATABASES)
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database: the test runs on SQLite and again on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    server, name = request.getfixturevalue("used_postgres")
    yield server.url(name)
    asyncio.run(server.empty(name))


@pytest.fixture
async def db(db_url: str, clock: StillClock, env: Environment) -> AsyncIterator[Database]:
    """A database with the product's reactions and its first account."""
    database = Database(db_url, clock, env, react)
    async with database.unit(FIRST_ACCOUNT) as uow:
        await ensure_account(uow)
    yield database
    await close_at_rest(database)


@pytest.fixture
async def shop(db: Database) -> Shop:
    """A shop that sells a course, as `open_shop` makes it."""
    return await open_shop(db)
