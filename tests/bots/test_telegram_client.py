"""The client and the calls that must succeed, against a real server that answers badly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient, Upload
from bots.runtime.retry import TokenRefusedError, call_until_answered
from tests.stories.school import free_port

TOKEN = "123456:" + "A" * 35
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[TelegramClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A server that answers each call with the next handler, the last one for ever; gives a client of it."""
    runners: list[web.AppRunner] = []
    clients: list[TelegramClient] = []

    async def begin(*handlers: Handler) -> TelegramClient:
        waiting = list(handlers)

        async def answer(request: web.Request) -> web.StreamResponse:
            return await (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)

        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        clients.append(TelegramClient(f"http://127.0.0.1:{runner.addresses[0][1]}/"))
        return clients[-1]

    yield begin
    for client in clients:
        await client.close()
    for runner in runners:
        await runner.cleanup()


def says(content: Any, status: int = 200) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(content, status=status)

    return answer


def writes(text: str, status: int) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status, content_type="text/html")

    return answer


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hangs(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


OK = says({"ok": True, "result": {"message_id": 1}})
TOO_MANY = says(
    {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 7}},
    429,
)


async def test_the_call_goes_to_the_method_as_json_and_the_answer_comes_back(serve: Serve) -> None:
    seen: dict[str, Any] = {}

    async def echo(request: web.Request) -> web.Response:
        seen.update(path=request.path, body=await request.json())
        return web.json_response({"ok": True, "result": True})

    answer = await (await serve(echo)).call(TOKEN, "sendMessage", {"chat_id": 1, "text": "Ж"})
    assert (answer.ok, answer.result) == (True, True)
    assert seen == {"path": f"/bot{TOKEN}/sendMessage", "body": {"chat_id": 1, "text": "Ж"}}


async def test_files_go_as_a_form(serve: Serve, tmp_path: Path) -> None:
    seen: dict[str, Any] = {}

    async def echo(request: web.Request) -> web.Response:
        form = await request.post()
        photo = form["photo"]
        assert isinstance(photo, web.FileField)
        seen.update(markup=form["reply_markup"], name=photo.filename, content=photo.file.read())
        return web.json_response({"ok": True, "result": True})

    path = tmp_path / "photo"
    path.write_bytes(b"png")
    client = await serve(echo)
    await client.call(TOKEN, "sendPhoto", {"reply_markup": {"a": 1}}, {"photo": Upload("п.png", path)})
    assert seen == {"markup": '{"a": 1}', "name": "п.png", "content": b"png"}


async def test_429_says_how_long(serve: Serve) -> None:
    answer = await (await serve(TOO_MANY)).call(TOKEN, "sendMessage", {})
    assert (answer.ok, answer.code, answer.retry_after) == (False, 429, 7.0)


async def test_a_group_that_moved_is_named(serve: Serve) -> None:
    moved = {"ok": False, "error_code": 400, "description": "x", "parameters": {"migrate_to_chat_id": -1001}}
    assert (await (await serve(says(moved, 400))).call(TOKEN, "sendMessage", {})).moved_to == -1001


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(writes("<html>Bad Gateway</html>", 502), id="502 as a page"),
        pytest.param(writes("", 200), id="nothing"),
        pytest.param(says([1, 2]), id="no object"),
        pytest.param(resets, id="reset"),
        pytest.param(hangs, id="slow"),
    ],
)
async def test_no_readable_answer_means_nobody_knows(serve: Serve, bad: Handler) -> None:
    client = await serve(bad)
    with pytest.raises(OutcomeUnknownError) as raised:
        await client.call(TOKEN, "sendMessage", {}, timeout=0.3)
    assert TOKEN not in repr(raised.value)
    assert raised.value.__cause__ is None


async def test_nobody_listening_means_certainly_not_sent() -> None:
    client = TelegramClient(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSentError) as raised:
        await client.call(TOKEN, "sendMessage", {})
    await client.close()
    assert TOKEN not in repr(raised.value)


async def test_insisting_goes_on_until_telegram_says_yes(serve: Serve) -> None:
    client = await serve(writes("<html>", 502), resets, OK)
    answer = await call_until_answered(client, TOKEN, "getMe", {})
    assert answer.result == {"message_id": 1}


@pytest.mark.parametrize("code", [401, 404])
async def test_insisting_ends_when_the_token_is_refused(serve: Serve, code: int) -> None:
    client = await serve(says({"ok": False, "error_code": code, "description": "Unauthorized"}, code))
    with pytest.raises(TokenRefusedError, match="bot 123456: Unauthorized") as raised:
        await call_until_answered(client, TOKEN, "getMe", {})
    assert TOKEN not in str(raised.value)
