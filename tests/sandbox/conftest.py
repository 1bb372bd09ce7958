"""A sandbox on a free port, with real HTTP, for every test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from bot_client import OTHER_TOKEN, TOKEN, BotClient

from sandbox.client import SandboxClient
from sandbox.options import Limits, Options
from sandbox.server import address, build_app

Start = Callable[[Options], Awaitable[str]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start sandboxes with given options; all are closed at the end."""
    runners: list[web.AppRunner] = []

    async def begin(options: Options) -> str:
        runner = web.AppRunner(build_app(options), access_log=None, shutdown_timeout=0.2)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return address(runner)

    yield begin
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
def options() -> Options:
    return Options(limits=Limits(enabled=False))


@pytest.fixture
async def base_url(start: Start, options: Options) -> str:
    return await start(options)


@pytest.fixture
async def tg(base_url: str) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(base_url) as client:
        await client.add_bot(TOKEN, "sales_bot", "Sales")
        await client.add_bot(OTHER_TOKEN, "course_bot", "Course")
        yield client


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(session: aiohttp.ClientSession, base_url: str, tg: SandboxClient) -> BotClient:
    return BotClient(session, base_url)


@pytest.fixture
def course_bot(session: aiohttp.ClientSession, base_url: str, tg: SandboxClient) -> BotClient:
    return BotClient(session, base_url, OTHER_TOKEN)
