"""Posting updates to bots' webhooks: in order per chat, repeated with back-off until they are taken."""

import asyncio
import contextlib
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp

from sandbox.protocol.registry import Call, find_handler
from sandbox.state import updates
from sandbox.state.model import Bot, Webhook
from sandbox.state.world import World
from sandbox.wire.errors import ApiError
from sandbox.wire.params import Params

MAX_BACKOFF = 60.0
IDLE = 3600.0
LOOK_AHEAD = 200
_FORBIDDEN = ("get", "setwebhook", "deletewebhook", "close", "logout")


class Courier:
    """One task per sandbox that keeps a delivery task running for every bot with a webhook."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Watch the bots until cancelled."""
        timeout = aiohttp.ClientTimeout(total=self._world.options.webhook_timeout)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            try:
                while not self._world.hub.stopping:
                    self._start_missing()
                    await self._world.hub.until("webhooks", IDLE, self._is_something_missing)
            finally:
                await self._stop_all()

    def _is_something_missing(self) -> bool:
        return any(bot.webhook and not self._serves(bot) for bot in self._world.bots.values())

    def _serves(self, bot: Bot) -> bool:
        task = self._tasks.get(bot.id)
        return task is not None and not task.done()

    def _start_missing(self) -> None:
        for bot in self._world.bots.values():
            if bot.webhook and not self._serves(bot):
                self._tasks[bot.id] = asyncio.create_task(self._serve(bot))

    async def _stop_all(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _serve(self, bot: Bot) -> None:
        busy: dict[str, asyncio.Task[None]] = {}
        try:
            while bot.webhook and not self._world.hub.stopping:
                hook = bot.webhook
                for key, update in self._ready(bot, busy):
                    if len(busy) < hook.max_connections:
                        busy[key] = asyncio.create_task(self._deliver(bot, hook, update))
                        busy[key].add_done_callback(partial(self._freed, bot, busy, key))
                await self._world.hub.until(
                    updates.topic(bot), IDLE, partial(self._has_news, bot, hook, busy)
                )
        finally:
            for task in busy.values():
                task.cancel()

    def _has_news(self, bot: Bot, hook: Webhook, busy: dict[str, asyncio.Task[None]]) -> bool:
        return bot.webhook is not hook or bool(self._ready(bot, busy))

    def _freed(self, bot: Bot, busy: dict[str, asyncio.Task[None]], key: str, _: asyncio.Task[None]) -> None:
        busy.pop(key, None)
        self._world.hub.wake(updates.topic(bot))

    def _ready(self, bot: Bot, busy: dict[str, asyncio.Task[None]]) -> list[tuple[str, dict[str, Any]]]:
        hook = bot.webhook
        if hook is None or len(busy) >= hook.max_connections:
            return []
        ready: dict[str, dict[str, Any]] = {}
        for update, _ in zip(bot.pending, range(LOOK_AHEAD), strict=False):
            key = queue_key(update)
            if key not in busy:
                ready.setdefault(key, update)
        return list(ready.items())

    async def _deliver(self, bot: Bot, hook: Webhook, update: dict[str, Any]) -> None:
        delay = self._world.options.webhook_backoff
        fails = 0
        while bot.webhook is hook:
            if await self._post(bot, hook, update):
                with contextlib.suppress(ValueError):
                    bot.pending.remove(update)
                self._world.touch()
                return
            fails += 1
            if fails > 1:
                delay = min(delay * 2, MAX_BACKOFF)
            await asyncio.sleep(delay)

    async def _post(self, bot: Bot, hook: Webhook, update: dict[str, Any]) -> bool:
        session = self._session
        if session is None:
            return False
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret_token} if hook.secret_token else {}
        try:
            async with session.post(hook.url, json=update, headers=headers) as answer:
                content = await answer.read()
                if answer.ok:
                    await self._obey(bot, answer, content)
                    return True
                phrase = answer.reason or HTTPStatus(answer.status).phrase
                self._failed(hook, f"Wrong response from the webhook: {answer.status} {phrase}")
        except TimeoutError:
            self._failed(hook, "Read timeout expired")
        except aiohttp.ClientConnectorError:
            self._failed(hook, "Connection refused")
        except aiohttp.ClientError:
            self._failed(hook, "Webhook connection closed")
        return False

    def _failed(self, hook: Webhook, reason: str) -> None:
        hook.last_error_date = self._world.clock.date()
        hook.last_error_message = reason
        self._world.touch()

    async def _obey(self, bot: Bot, answer: aiohttp.ClientResponse, content: bytes) -> None:
        """Do what the webhook's answer asks for: it may hold one call."""
        if answer.content_type != "application/json" or not content:
            return
        with contextlib.suppress(ValueError, ApiError):
            wish = await answer.json()
            name = str(wish.get("method", "")) if isinstance(wish, dict) else ""
            found_handler = find_handler(name)
            if found_handler and not name.lower().startswith(_FORBIDDEN):
                proper, handler = found_handler
                result = handler(Call(self._world, bot, proper, Params(wish)))
                if asyncio.iscoroutine(result):
                    await result


def queue_key(update: dict[str, Any]) -> str:
    """Name the queue of an update: its chat, else its person."""
    for content in update.values():
        if isinstance(content, dict):
            inner = content.get("message", content)
            where = inner.get("chat") if isinstance(inner, dict) else None
            source = where or content.get("from") or content.get("user") or {}
            return str(source.get("id", ""))
    return ""
