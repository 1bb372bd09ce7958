"""The Bot API over HTTP: reading calls, trouble on purpose, answers and the log."""

import asyncio
import json
import re
import time
from http import HTTPStatus
from inspect import isawaitable
from typing import Any

from aiohttp import web

from sandbox.chats.access import find_chat
from sandbox.protocol.registry import Call, Handler, find_handler, is_sending
from sandbox.state.calls import LoggedCall
from sandbox.state.faults import Fault, FaultKind, FaultScope
from sandbox.state.files import number_in_path
from sandbox.state.limits import SENDING
from sandbox.state.model import Bot
from sandbox.state.world import World
from sandbox.wire.errors import ApiError, bad_request, too_many_requests
from sandbox.wire.multipart import read_form
from sandbox.wire.params import Params

WORLD: web.AppKey[World] = web.AppKey("world", World)
MAX_BODY = 60 * 1024 * 1024
_TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]+$")
_POLL_STEP = 0.05
_BEFORE = frozenset({FaultKind.TIMEOUT_BEFORE, FaultKind.RESET_BEFORE})
_RESETS = frozenset({FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER})
_LOSING = frozenset(
    {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER, FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}
)


async def handle_call(request: web.Request) -> web.Response:
    """Answer one Bot API call."""
    world = request.app[WORLD]
    try:
        bot = _bot(world, request.match_info["token"])
        name, handler = _handler(request.match_info["method"])
        call = Call(world, bot, name, await read_params(request))
    except ApiError as error:
        return _respond(error.as_json(), error.code)
    fault = world.faults.pick(name, bot.username)
    if fault is not None and (fault.kind in _BEFORE or fault.kind is FaultKind.SLOW):
        lost = await _trouble(request, fault)
        if lost is not None:
            _log(call, 0, "", fault, None)
            return lost
    body, code = await _answered(call, handler, fault)
    _log(call, code, str(body.get("description", "")), fault, body.get("result"))
    if fault is not None and fault.kind in _LOSING:
        return await _trouble(request, fault) or _respond(body, code)
    return _respond(body, code)


async def execute(call: Call, handler: Handler) -> Any:
    """Do what the call asks; raises ApiError."""
    call.world.limiter.check(call.bot, _limit_of(call))
    result = handler(call)
    return await result if isawaitable(result) else result


async def _answered(call: Call, handler: Handler, fault: Fault | None) -> tuple[dict[str, Any], int]:
    try:
        _refuse_on_purpose(call, fault)
        return {"ok": True, "result": await execute(call, handler)}, HTTPStatus.OK
    except ApiError as error:
        return error.as_json(), error.code


def _refuse_on_purpose(call: Call, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind is FaultKind.REVOKED:
        raise ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    if fault.kind is FaultKind.INTERNAL:
        raise ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error: sandbox fault")
    if fault.kind is FaultKind.BAD_GATEWAY:
        raise ApiError(HTTPStatus.BAD_GATEWAY, "Bad Gateway")
    if fault.kind is FaultKind.TOO_MANY:
        scope = _held_by(call, fault)
        for held in {_limit_of(call), scope}:
            call.world.limiter.check(call.bot, held)
        call.world.limiter.hold(call.bot, scope, fault.retry_after)
        raise too_many_requests(fault.retry_after)


def _limit_of(call: Call) -> str:
    """What of a bot a call counts to."""
    return SENDING if is_sending(call.method) else call.method


def _held_by(call: Call, fault: Fault) -> str:
    """What a planned 429 holds; where a call names no chat, there is none to hold."""
    raw = call.params.values.get("chat_id")
    if fault.scope is FaultScope.CHAT and raw is not None:
        return find_chat(call.world, call.bot, raw).key
    return _limit_of(call)


async def _trouble(request: web.Request, fault: Fault) -> web.Response | None:
    """Lose the connection now, or after holding it; a slow call goes on afterwards."""
    if fault.kind in _RESETS:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=HTTPStatus.BAD_GATEWAY)
    await _hold(request, fault.delay)
    if fault.kind is FaultKind.SLOW:
        return None
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.GATEWAY_TIMEOUT)


async def _hold(request: web.Request, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    hub = request.app[WORLD].hub
    while time.monotonic() < deadline and not hub.stopping:
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(min(_POLL_STEP, seconds))


def _bot(world: World, token: str) -> Bot:
    if not _TOKEN.match(token):
        raise ApiError(HTTPStatus.NOT_FOUND, "Not Found")
    bot = world.tokens.get(token)
    if bot is None:
        raise ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
    return bot


def _handler(name: str) -> tuple[str, Handler]:
    handler = find_handler(name)
    if handler is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "Not Found: method not found")
    return handler


async def read_params(request: web.Request) -> Params:
    """Read parameters from the query and from a JSON, form or multipart body."""
    values: dict[str, Any] = dict(request.query)
    kind = request.content_type
    if kind == "application/json" and request.can_read_body:
        values.update(_json_object(await request.read()))
    elif kind == "application/x-www-form-urlencoded" and request.can_read_body:
        values.update({key: str(value) for key, value in (await request.post()).items()})
    elif kind.startswith("multipart/"):
        texts, files = await read_form(request)
        return Params({**values, **texts}, files)
    return Params(values)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        content = json.loads(raw) if raw else {}
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(content, dict):
        raise bad_request("JSON object expected")
    return content


def _respond(body: dict[str, Any], code: int) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=code, content_type="application/json")


def _log(call: Call, code: int, description: str, fault: Fault | None, result: Any) -> None:
    if call.method == "getUpdates" and not (code != HTTPStatus.OK or result):
        return
    params = call.params
    chat_id = params.values.get("chat_id")
    made = result.get("message_id") if isinstance(result, dict) else None
    number = params.number("chat_id") if chat_id is not None and not str(chat_id).startswith("@") else None
    world = call.world
    world.log.record(
        LoggedCall(
            0, call.bot.username, call.method, time.monotonic(), world.clock.date(), number,
            params.values, code, description, fault.kind if fault else "", made,
        )
    )  # fmt: skip


async def handle_file(request: web.Request) -> web.Response:
    """Give a bot the bytes of a file."""
    world = request.app[WORLD]
    try:
        _bot(world, request.match_info["token"])
        data = world.files.read(number_in_path(request.match_info["path"]))
    except KeyError:
        return _respond(
            {"ok": False, "error_code": HTTPStatus.NOT_FOUND, "description": "Not Found"},
            HTTPStatus.NOT_FOUND,
        )
    except ApiError as error:
        return _respond(error.as_json(), error.code)
    return web.Response(body=data, content_type="application/octet-stream")


async def handle_unknown(request: web.Request) -> web.Response:
    """Answer what is no Bot API address."""
    del request
    return _respond(
        {"ok": False, "error_code": HTTPStatus.NOT_FOUND, "description": "Not Found"}, HTTPStatus.NOT_FOUND
    )
