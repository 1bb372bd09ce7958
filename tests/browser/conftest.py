"""A headless Chromium, a sandbox of each test's own, and pages that must not complain."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, async_playwright

from core.db.session import Database
from core.environment import Environment
from sandbox.client.client import SandboxClient
from sandbox.server import address, build_app
from sandbox.state.options import Limits, Options
from scripts.install_browser import browser_environment, find_chromium, why_impossible
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from tests.fakes.clock import StillClock
from tests.fakes.tasks import close_at_rest
from tests.sandbox.bot_client import OTHER_TOKEN, TOKEN, BotClient

pytest.register_assert_rewrite("tests.browser.screen", "tests.browser.panel_page", "tests.stories.school")

from tests.browser.screen import Look, Screen  # noqa: E402 - registered first
from tests.stories.school import School, furnish, started_sandbox  # noqa: E402 - registered first

OpenScreen = Callable[..., Awaitable[Screen]]
SHOWN = 6_000  # last characters of a school's log, for a test that failed
MISSING = "no browser is installed; `make browser` fetches one where a package registry can be reached"


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser to start; installing it is part of `make test`, so it is missing only where it cannot be had."""
    found = find_chromium()
    if found is None:
        pytest.skip(why_impossible() or MISSING)
    return found


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """One Chromium for all tests of this worker."""
    async with async_playwright() as playwright:
        # Containers give no user namespaces, so Chromium's own cage cannot be built (every page here is ours), and
        # little shared memory.
        started = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
            env={**browser_environment()},
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def school(
    migrated_sqlite: Path, tmp_path: Path, clock: StillClock, env: Environment
) -> AsyncIterator[Database]:
    """An account with its owner and nothing else, in the loop in which the browser lives; a file's own one adds to it."""
    shutil.copy(migrated_sqlite, tmp_path / "panel.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'panel.db'}", clock, env, react)
    async with database.unit(1) as uow:
        await ensure_account(uow)
    yield database
    await close_at_rest(database)


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go, the folder SCREENSHOTS names; none are made without it."""
    if not (named := os.environ.get("SCREENSHOTS")):
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[str]:
    """The address of a sandbox without speed limits."""
    runner = web.AppRunner(
        build_app(Options(limits=Limits(enabled=False))), access_log=None, shutdown_timeout=0.2
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield address(runner)
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def tg(sandbox: str) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox) as client:
        await client.add_bot(TOKEN, "shop_bot", "Shop")
        await client.add_bot(OTHER_TOKEN, "lessons_bot", "Lessons")
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: str, tg: SandboxClient) -> AsyncIterator[BotClient]:
    async with aiohttp.ClientSession() as session:
        yield BotClient(session, sandbox)


@pytest_asyncio.fixture(loop_scope="session")
async def open_screen(browser: Browser, pictures: Path | None) -> AsyncIterator[OpenScreen]:
    """Open pages in one test; each must have kept quiet in its console at the end."""
    opened: list[Screen] = []

    async def begin(url: str, look: Look = Look(), **query: str) -> Screen:  # noqa: B008 - frozen
        screen = await Screen.open(browser, url, look, pictures, **query)
        opened.append(screen)
        return screen

    yield begin
    for screen in opened:
        await screen.close()
        assert screen.complaints == []


@pytest.fixture
def telegram(chromium: Path) -> Iterator[str]:
    """The address of a sandbox with its real limits."""
    with started_sandbox() as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def people(telegram: str) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(telegram) as tg:
        yield tg


@pytest.fixture
def new_school(telegram: str, migrated_sqlite: Path, tmp_path: Path) -> Iterator[School]:
    """A school nobody knows yet."""
    school = furnish(telegram, tmp_path)
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.install()
    school.start()
    yield school
    assert school.stop() == 0
    sys.stderr.write(school.log_path.read_text()[-SHOWN:])  # shown where the test has failed
