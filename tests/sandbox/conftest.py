"""Two bots in every test's own sandbox, and bare clients for them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from bot_client import OTHER_TOKEN, TOKEN, BotClient

from sandbox.client.client import SandboxClient


@pytest.fixture
async def tg(sandbox: SandboxClient) -> SandboxClient:
    await sandbox.add_bot(TOKEN, "sales_bot", "Sales")
    await sandbox.add_bot(OTHER_TOKEN, "course_bot", "Course")
    return sandbox


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def bot(session: aiohttp.ClientSession, tg: SandboxClient) -> BotClient:
    return BotClient(session, tg.base_url)


@pytest.fixture
def course_bot(session: aiohttp.ClientSession, tg: SandboxClient) -> BotClient:
    return BotClient(session, tg.base_url, OTHER_TOKEN)
