"""Control of bots and people: making them, starting, blocking, opening links."""

from aiohttp import web

from sandbox.actors import links
from sandbox.actors.people import delete_account, set_blocked, start
from sandbox.control.requests import (
    Json,
    answer,
    body_of,
    bot_json,
    chat_json,
    find_bot,
    find_chat,
    find_person,
    number_of,
    person_json,
    world_of,
)
from sandbox.state import updates
from sandbox.state.model import Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()
MAX_BULK = 1_000_000
_FIRST_NAMES = ("Anna", "Boris", "Vera", "Gleb", "Darya", "Egor", "Zhanna", "Ivan", "Klara", "Lev")


@routes.get("/sandbox/bots")
async def list_bots(request: web.Request) -> web.Response:
    """List all bots."""
    world = world_of(request)
    return answer([bot_json(world, bot) for bot in world.bots.values()])


@routes.post("/sandbox/bots")
async def add_bot(request: web.Request) -> web.Response:
    """Create a bot: username, name, and a token unless one should be made."""
    world, wish = world_of(request), await body_of(request)
    bot = world.add_bot(str(wish.get("token", "")), str(wish.get("username", "")), str(wish.get("name", "")))
    return answer(bot_json(world, bot))


@routes.post("/sandbox/bots/{bot}/updates")
async def inject_update(request: web.Request) -> web.Response:
    """Queue an update of any shape, even a broken one."""
    world, content = world_of(request), await body_of(request)
    return answer({"update_id": updates.push_raw(world, find_bot(world, request.match_info["bot"]), content)})


@routes.get("/sandbox/people")
async def list_people(request: web.Request) -> web.Response:
    """List people, the newest last."""
    world = world_of(request)
    limit = int(number_of(request, "limit", 200))
    people = list(world.people.values())[:limit]
    return answer([person_json(world, person) for person in people])


@routes.post("/sandbox/people")
async def add_person(request: web.Request) -> web.Response:
    """Create a person."""
    world, wish = world_of(request), await body_of(request)
    texts: Json = {
        name: str(wish.get(name) or "") for name in ("first_name", "last_name", "username", "language_code")
    }
    if not texts["first_name"]:
        raise ControlError("a person needs a first_name")
    return answer(person_json(world, world.add_person(Person(int(wish.get("id") or 0), **texts))))


@routes.post("/sandbox/people/bulk")
async def add_people(request: web.Request) -> web.Response:
    """Create many people who started a bot long ago; no updates are produced."""
    world, wish = world_of(request), await body_of(request)
    count = int(wish.get("count", 0))
    if not 0 < count <= MAX_BULK:
        raise ControlError(f"count must be 1 to {MAX_BULK}")
    bots = [find_bot(world, wish["started"])] if wish.get("started") else []
    ids = []
    for number in range(count):
        person = world.add_person(Person(0, _FIRST_NAMES[number % len(_FIRST_NAMES)], language_code="ru"))
        ids.append(person.id)
        for bot in bots:
            world.private_chat(bot.id, person.id).started = True
    return answer({"count": count, "first": ids[0], "last": ids[-1], "ids": ids})


@routes.get("/sandbox/people/{person}")
async def show_person(request: web.Request) -> web.Response:
    """Describe one person."""
    world = world_of(request)
    return answer(person_json(world, find_person(world, request.match_info["person"])))


async def _act(request: web.Request) -> tuple[World, Person, Json]:
    world = world_of(request)
    return world, find_person(world, request.match_info["person"]), await body_of(request)


@routes.post("/sandbox/people/{person}/start")
async def start_bot(request: web.Request) -> web.Response:
    """Start a bot, with the payload of a deep link if there is one."""
    world, person, wish = await _act(request)
    chat = world.private_chat(find_bot(world, wish.get("bot", "")).id, person.id)
    start(world, person, chat, str(wish.get("payload", "")))
    return answer(chat_json(world, person, chat))


@routes.post("/sandbox/people/{person}/{act:block|unblock}")
async def block_bot(request: web.Request) -> web.Response:
    """Block or unblock a bot."""
    world, person, wish = await _act(request)
    chat = find_chat(world, person, str(wish.get("bot", "")))
    set_blocked(world, person, chat, blocked=request.match_info["act"] == "block")
    return answer(chat_json(world, person, chat))


@routes.post("/sandbox/people/{person}/delete")
async def delete_person(request: web.Request) -> web.Response:
    """Delete the account."""
    world, person, _ = await _act(request)
    delete_account(world, person)
    return answer(person_json(world, person))


@routes.post("/sandbox/people/{person}/open")
async def open_link(request: web.Request) -> web.Response:
    """Follow a link; `begin: false` only shows a bot's chat without starting it."""
    world, person, wish = await _act(request)
    opened = links.open_link(world, person, str(wish.get("url", "")), begin=bool(wish.get("begin", True)))
    return answer(opened)


@routes.get("/sandbox/people/{person}/preview")
async def preview_link(request: web.Request) -> web.Response:
    """Tell where a link leads, without following it."""
    world = world_of(request)
    person = find_person(world, request.match_info["person"])
    return answer(links.preview(world, person, request.query.get("url", "")))
