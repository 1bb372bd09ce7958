"""A town to live in, a database beside the drill, and Tandem in the process or as a process."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from app.boot.settings import Settings
from app.serve.wiring import build_dispatchers
from core.clock import SystemClock
from core.db.session import Database
from core.environment import FIRST_ACCOUNT, Environment
from services.delivery.jobs import Lane
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from tests.fakes.tasks import bury, close_at_rest
from tests.faults.kernel import Dispatchers, Kernel
from tests.faults.tandem import Tandem, environment
from tests.faults.town import COURSE, SALES, Town, town_apart, town_here
from utils import faultpoints

MakeKernel = Callable[..., Kernel]
MakeTandem = Callable[..., Tandem]


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    faultpoints.arm(0)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """After everything else of a drill, its event loop too: what that leaves closing is nobody else's to find."""
    try:
        yield
    finally:
        bury()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A kill leaves connections open, as it should: in these drills the collector may say so."""
    for item in items:
        if "/faults/" in str(item.path):
            for expected in ("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"):
                item.add_marker(pytest.mark.filterwarnings(expected))
            item.add_marker(pytest.mark.filterwarnings("ignore:The garbage collector is trying"))


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A quick town in a thread."""
    async with town_here() as found:
        yield found


@pytest.fixture
async def big_town() -> AsyncIterator[Town]:
    """A quick town in a process, for tens of thousands."""
    async with town_apart(5_000, "--chat-rate", "1000", "--chat-burst", "1000", "--history", "200") as found:
        yield found


@pytest.fixture
async def beside(db_url: str, env: Environment) -> AsyncIterator[Database]:
    """The same database as Tandem's, on the machine's clock."""
    database = Database(db_url, SystemClock(), env, react)
    async with database.unit(FIRST_ACCOUNT) as uow:
        await ensure_account(uow)
    yield database
    await close_at_rest(database)


@pytest.fixture
def make_kernel(db_url: str, tmp_path: Path) -> MakeKernel:
    """A Tandem inside this process, on the test's database."""

    def make(
        town: Town,
        build_dispatchers: Dispatchers = build_dispatchers,
        lanes: Sequence[Lane] | None = None,
        **more: object,
    ) -> Kernel:
        settings = Settings(
            _env_file=None,
            **{
                "telegram_api_url": town.url,
                "sales_bot_token": SALES,
                "course_bot_token": COURSE,
                "data_dir": tmp_path,
                "database_url": db_url,
                "messages_per_second": 240,
                "lease_seconds": 1,
                "http_port": 0,
                **more,
            },
        )
        return Kernel(settings, build_dispatchers, lanes)

    return make


@pytest.fixture
async def make_tandem(db_url: str, tmp_path: Path) -> AsyncIterator[MakeTandem]:
    """A Tandem as a process, on the test's database; what a failed drill leaves running is killed."""
    made: list[Tandem] = []

    def make(town: Town, part: str = "run", name: str = "tandem", **more: str) -> Tandem:
        made.append(Tandem(tmp_path, environment(db_url, town.url, tmp_path, **more), part, name))
        return made[-1]

    yield make
    for one in made:
        await one.kill()
