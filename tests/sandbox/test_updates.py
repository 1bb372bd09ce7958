"""How updates reach a bot: long polls, offsets, wishes, webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from bot_client import PATIENCE, BotClient

from sandbox.client.client import SandboxClient
from sandbox.state.options import Limits, Options
from tests.faults.waiting import until


@pytest.fixture
def sandbox_options() -> Options:
    return Options(limits=Limits(enabled=False), webhook_backoff=0.02)


async def test_offsets_confirm(tg: SandboxClient, bot: BotClient) -> None:
    for number in range(4):
        await tg.inject("sales_bot", {"message": {"number": number}})
    first = await bot.updates(limit=2)
    assert [one["message"]["number"] for one in first] == [0, 1]
    assert await bot.updates(limit=2) == first
    rest = await bot.updates(offset=first[1]["update_id"] + 1)
    assert [one["message"]["number"] for one in rest] == [2, 3]
    assert [one["message"]["number"] for one in await bot.updates(offset=-1)] == [3]
    assert len(await bot.updates()) == 1
    assert await bot.updates(offset=rest[-1]["update_id"] + 1) == []


async def test_long_poll_wakes(tg: SandboxClient, bot: BotClient) -> None:
    waiting = await bot.begin(bot.updates(timeout=50))
    await tg.inject("sales_bot", {"message": {}})
    assert len(await asyncio.wait_for(waiting, PATIENCE)) == 1


async def test_the_newer_poll_wins(bot: BotClient) -> None:
    older = await bot.begin(bot.fails("getUpdates", timeout=50))
    newer = asyncio.create_task(bot.updates(timeout=1))
    code, text = await asyncio.wait_for(older, PATIENCE)
    assert code == 409
    assert text == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert await newer == []


async def test_wishes_are_remembered(tg: SandboxClient, bot: BotClient) -> None:
    await bot.updates(allowed_updates=["chat_member"])
    boris, anna = await tg.person("Boris"), await tg.person("Anna")
    group = await tg.group("Club", owner=boris, bots=["sales_bot"])
    await group.add(anna)
    (update,) = await bot.drain()
    assert update["chat_member"]["new_chat_member"]["user"]["id"] == anna.id
    await bot.updates(allowed_updates=[])
    await anna.chat(group).leave()
    assert [min(one) for one in await bot.drain()] == ["message"]


class Hook:
    """A bot's web server that fails when told to."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self.failures = 0
        self.reply: dict[str, Any] | None = None
        self.url = ""
        self.full = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        self.got.append(json.loads(await request.read()))
        if len(self.got) == 3:
            self.full.set()
        return web.json_response(self.reply) if self.reply else web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    app = web.Application()
    app.router.add_post("/hook", made.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_webhook_delivers_in_order_and_insists(tg: SandboxClient, bot: BotClient, hook: Hook) -> None:
    anna = await tg.person("Anna")
    hook.failures = 2
    await bot.ok("setWebhook", url=hook.url, secret_token="s3cret-_", allowed_updates=["message"])
    code, text = await bot.fails("getUpdates")
    assert (code, text.split(";")[0]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active",
    )
    for number in range(3):
        await anna.chat("sales_bot").send(f"/n{number}")
    await asyncio.wait_for(hook.full.wait(), PATIENCE)
    assert [one["message"]["text"] for one in hook.got] == ["/n0", "/n1", "/n2"]
    assert set(hook.secrets) == {"s3cret-_"}
    assert len(hook.secrets) == 5
    info = await bot.ok("getWebhookInfo")
    assert info["url"] == hook.url
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["allowed_updates"] == ["message"]
    await bot.ok("deleteWebhook")
    assert await bot.updates() == []


async def test_webhook_waits_for_a_dead_server(tg: SandboxClient, bot: BotClient) -> None:
    await bot.ok("setWebhook", url="http://127.0.0.1:9/hook")
    await tg.inject("sales_bot", {"message": {"chat": {"id": 1}}})

    async def has_failed() -> bool:
        return "last_error_message" in await bot.ok("getWebhookInfo")

    await until(has_failed, what="the dead server was tried")
    info = await bot.ok("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")
    await bot.ok("setWebhook", url="", drop_pending_updates=True)
    assert (await bot.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_webhook_answers_may_hold_a_call(tg: SandboxClient, bot: BotClient, hook: Hook) -> None:
    anna = await tg.person("Anna")
    hook.reply = {"method": "sendMessage", "chat_id": anna.id, "text": "Straight back"}
    await bot.ok("setWebhook", url=hook.url)
    await anna.start("sales_bot")
    await anna.chat("sales_bot").expect("Straight back")
