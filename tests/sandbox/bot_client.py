"""A bare bot: calls methods over HTTP and returns what came back."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

import aiohttp

Answer = TypeVar("Answer")
TOKEN = "111111:AAA-sales"
PATIENCE = 40  # seconds, less than a long poll takes; only what never comes takes them
OTHER_TOKEN = "222222:BBB-course"


class BotClient:
    """A bare bot: calls methods over HTTP and returns (status, body)."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str = TOKEN) -> None:
        self.session = session
        self.base_url = base_url
        self.token = token

    async def ask(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        url = f"{self.base_url}/bot{self.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            return answer.status, json.loads(await answer.read())

    async def ok(self, method: str, **params: Any) -> Any:
        status, body = await self.ask(method, **params)
        assert status == 200, body
        return body["result"]

    async def fails(self, method: str, **params: Any) -> tuple[int, str]:
        status, body = await self.ask(method, **params)
        assert body.get("error_code", 200) == status
        return status, body.get("description", "accepted")

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        return found

    async def begin(self, request: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """Send a request that will wait; a call asked after it has been answered, so it is under way."""
        task = asyncio.create_task(request)
        await self.ok("getMe")
        return task

    async def drain(self, kind: str = "") -> list[dict[str, Any]]:
        """Take and confirm everything that waits; with a kind, only the contents of that kind."""
        found = await self.updates()
        if found:
            await self.updates(offset=max(one["update_id"] for one in found) + 1)
        return [one[kind] for one in found if kind in one] if kind else found
