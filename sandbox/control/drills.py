"""Control of drills: the clock, faults, the log, the report, and tallies of what was delivered."""

import time
from collections import Counter
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.actors.pressing import unanswered
from sandbox.control.requests import (
    Json,
    answer,
    body_of,
    find_bot,
    find_person,
    number_of,
    seconds_of,
    world_of,
)
from sandbox.state.model import Chat
from sandbox.state.world import World

routes = web.RouteTableDef()
MAX_LISTED = 200


@routes.get("/clock")
@routes.get("/sandbox/clock")
async def read_clock(request: web.Request) -> web.Response:
    """Tell the time; with `after=<version>` wait until the clock is moved."""
    world = world_of(request)
    if "after" in request.query:
        seen = int(number_of(request, "after", 0))
        await world.hub.until("clock", seconds_of(request, 25), lambda: world.clock.version != seen)
    return answer(world.clock.as_json())


@routes.post("/clock")
@routes.post("/sandbox/clock")
async def move_clock(request: web.Request) -> web.Response:
    """Move the clock: `advance` seconds, or to an `offset`."""
    world, wish = world_of(request), await body_of(request)
    offset = wish.get("offset")
    world.clock.move(advance=float(wish.get("advance", 0)), offset=None if offset is None else float(offset))
    world.touch()
    world.hub.wake("clock")
    for person in world.hub.listening():
        world.hub.tell(person, {"event": "clock", **world.clock.as_json()})
    return answer(world.clock.as_json())


@routes.get("/sandbox/faults")
async def show_faults(request: web.Request) -> web.Response:
    """List the faults in force."""
    return answer(world_of(request).faults.as_json())


@routes.post("/sandbox/faults")
async def set_faults(request: web.Request) -> web.Response:
    """Replace the faults."""
    world = world_of(request)
    world.faults.set(await body_of(request))
    return answer(world.faults.as_json())


@routes.get("/sandbox/calls")
async def list_calls(request: web.Request) -> web.Response:
    """List recorded calls after a number, of one bot or method if asked, with counts per bot."""
    world, query = world_of(request), request.query
    after, limit = int(number_of(request, "after", 0)), int(number_of(request, "limit", 1000))
    calls = [
        asdict(call)
        for call in world.log.calls
        if call.number > after
        and query.get("bot", call.bot) == call.bot
        and query.get("method", call.method).lower() == call.method.lower()
    ]
    counts = {bot: dict(methods) for bot, methods in world.log.methods.items()}
    return answer({"calls": calls[:limit], "counts": counts, "total": world.log.total})


@routes.get("/sandbox/report")
async def report(request: web.Request) -> web.Response:
    """Tell which rules were broken and how much was sent."""
    world = world_of(request)
    late = [
        unanswered(world, callback)
        for callback in world.callbacks.values()
        if callback.answer is None and _is_late(world, callback.at)
    ]
    broken = Counter(world.log.broken) + Counter(violation.kind for violation in late)
    return answer(
        {
            "violations": [asdict(violation) for violation in [*world.log.violations, *late][-MAX_LISTED:]],
            "counts": dict(broken),
            "codes": {bot: dict(codes) for bot, codes in world.log.codes.items()},
            "methods": {bot: dict(methods) for bot, methods in world.log.methods.items()},
            "messages": {bot.username: _delivered(world, bot.id) for bot in world.bots.values()},
            "faults": [asdict(rule) for rule in world.faults.rules],
        }
    )


def _is_late(world: World, at: float) -> bool:
    return time.monotonic() - at > world.options.callback_patience


def _delivered(world: World, bot_id: int) -> Json:
    counts = sorted((world.chats[key].delivered for key in world.bot_chats.get(bot_id, ())), reverse=True)
    return {"total": sum(counts), "chats": len(counts), "most": counts[0] if counts else 0}


@routes.post("/sandbox/log/clear")
async def clear_log(request: web.Request) -> web.Response:
    """Forget calls, counts and violations."""
    world = world_of(request)
    world.log.clear()
    world.callbacks.clear()
    return answer({"ok": True})


@routes.get("/sandbox/tally")
async def tally(request: web.Request) -> web.Response:
    """Count how often each person got a bot's message that begins with `text_prefix`."""
    world = world_of(request)
    bot = find_bot(world, request.query.get("bot", ""))
    prefix = request.query.get("text_prefix", "")
    received: Counter[int] = Counter()
    odd: list[Json] = []
    for key in world.bot_chats.get(bot.id, ()):
        chat = world.chats[key]
        if chat.is_private:
            times = sum(_begins(text, prefix) for text in _texts(chat, bot.id))
            received[times] += 1
            if times != 1 and len(odd) < MAX_LISTED:
                odd.append({"person": chat.person_id, "times": times})
    return answer({"received": dict(received), "odd": odd})


def _begins(text: Any, prefix: str) -> bool:
    return str(text).startswith(prefix)


def _texts(chat: Chat, sender: int) -> list[str]:
    return [
        str(message.body.get("text", message.body.get("caption", "")))
        for message in chat.messages.values()
        if message.sender_id == sender
    ]


@routes.get("/sandbox/chats/{bot}/{person}/texts")
async def list_texts(request: web.Request) -> web.Response:
    """List the texts a bot sent to a person, in order."""
    world = world_of(request)
    bot = find_bot(world, request.match_info["bot"])
    chat = world.private_chat(bot.id, find_person(world, request.match_info["person"]).id)
    return answer(
        {
            "texts": _texts(chat, bot.id),
            "ids": [k for k, message in chat.messages.items() if message.sender_id == bot.id],
        }
    )
