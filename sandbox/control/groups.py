"""Control of groups and channels."""

from typing import Any

from aiohttp import web

from sandbox.actors import groups
from sandbox.chats import membership, topics
from sandbox.control.requests import Json, answer, body_of, find_bot, find_group, find_person, world_of
from sandbox.state.model import Chat, ChatType, Status
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()


def group_json(world: World, chat: Chat) -> Json:
    """Describe a group with its members, links and waiting requests."""
    return {
        "key": chat.key,
        "id": chat.id,
        "type": str(chat.type),
        "title": chat.title,
        "username": chat.username,
        "description": chat.description,
        "migrated_to": chat.migrated_to,
        "members": [membership.member_json(world, key, member) for key, member in chat.members.items()],
        "links": [membership.link_json(world, chat, link) for link in chat.links.values()],
        "requests": list(chat.requests),
        "pinned": chat.pinned,
        "is_forum": chat.is_forum,
        "topics": [topics.as_json(topic) for topic in chat.topics.values()],
    }


@routes.get("/sandbox/groups")
async def list_groups(request: web.Request) -> web.Response:
    """List groups and channels."""
    world = world_of(request)
    return answer([group_json(world, chat) for chat in world.chats.values() if not chat.is_private])


@routes.post("/sandbox/groups")
async def add_group(request: web.Request) -> web.Response:
    """Create a group; its bots become administrators."""
    world, wish = world_of(request), await body_of(request)
    owner = wish.get("owner")
    plan = groups.GroupPlan(
        title=str(wish.get("title") or "Group"),
        type=_enum(ChatType, wish.get("type", "supergroup")),
        id=int(wish.get("id") or 0),
        username=str(wish.get("username") or ""),
        description=str(wish.get("description") or ""),
        owner=find_person(world, owner).id if owner else 0,
        members=[find_person(world, who).id for who in wish.get("members", [])],
        bots=[find_bot(world, who).id for who in wish.get("bots", [])],
        is_forum=bool(wish.get("forum")),
    )
    return answer(group_json(world, groups.create_group(world, plan)))


def _enum(kind: Any, value: Any) -> Any:
    try:
        return kind(str(value))
    except ValueError as error:
        raise ControlError(f"{value!r} is none of {[str(member) for member in kind]}") from error


def _here(request: web.Request) -> tuple[World, Chat]:
    world = world_of(request)
    return world, find_group(world, request.match_info["group"])


@routes.get("/sandbox/groups/{group}")
async def show_group(request: web.Request) -> web.Response:
    """Describe one group."""
    return answer(group_json(*_here(request)))


@routes.post("/sandbox/groups/{group}/members")
async def add_member(request: web.Request) -> web.Response:
    """Add a person."""
    world, chat = _here(request)
    wish = await body_of(request)
    groups.add_person(world, chat, find_person(world, wish.get("person", "")))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/bots")
async def set_bot(request: web.Request) -> web.Response:
    """Add a bot, or give it another `status` or other `rights`."""
    world, chat = _here(request)
    wish = await body_of(request)
    bot = find_bot(world, wish.get("bot", ""))
    owner = groups.owner_of(chat, bot.id)
    status = _enum(Status, wish.get("status", "administrator"))
    groups.add_bot(world, chat, bot, owner, status, wish.get("rights"))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/ranks")
async def set_rank(request: web.Request) -> web.Response:
    """Give a person another `status` with `rights`: promote, restrict, ban, let go."""
    world, chat = _here(request)
    wish = await body_of(request)
    person = find_person(world, wish.get("person", ""))
    status = _enum(Status, wish.get("status", "member"))
    groups.set_rank(world, chat, person, status, wish.get("rights"))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/requests")
async def settle_request(request: web.Request) -> web.Response:
    """Let in, or send away, a person who asked, as a human administrator does."""
    world, chat = _here(request)
    wish = await body_of(request)
    person = find_person(world, wish.get("person", ""))
    groups.settle_request(world, chat, person, approve=bool(wish.get("approve", True)))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/forum")
async def set_forum(request: web.Request) -> web.Response:
    """Turn topics on or off."""
    world, chat = _here(request)
    groups.set_forum(world, chat, is_forum=bool((await body_of(request)).get("is_forum", True)))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/topics")
async def close_topic(request: web.Request) -> web.Response:
    """Close a topic (the general one unless `topic` names another), or open it again."""
    world, chat = _here(request)
    wish = await body_of(request)
    number = int(wish.get("topic") or topics.GENERAL)
    groups.close_topic(world, chat, number, closed=bool(wish.get("closed", True)))
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/permissions")
async def set_permissions(request: web.Request) -> web.Response:
    """Say what ordinary members may do."""
    world, chat = _here(request)
    chat.permissions = {key: bool(value) for key, value in (await body_of(request)).items()}
    world.touch()
    return answer(group_json(world, chat))


@routes.post("/sandbox/groups/{group}/upgrade")
async def upgrade(request: web.Request) -> web.Response:
    """Turn a basic group into a supergroup."""
    world, chat = _here(request)
    return answer(group_json(world, groups.upgrade(world, chat)))
