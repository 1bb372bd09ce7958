"""What a control request names and how it is answered: bodies, people and chats by name, their JSON."""

import json
from typing import Any

from aiohttp import web

from sandbox.actors.launching import menu_button
from sandbox.chats import posting, rendering, topics
from sandbox.control.faces import face_of
from sandbox.protocol.api import WORLD
from sandbox.state.model import Bot, Chat, Message, Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

NOT_FOUND = 404
Json = dict[str, Any]


def world_of(request: web.Request) -> World:
    """Return the sandbox behind a request."""
    return request.app[WORLD]


async def body_of(request: web.Request) -> Json:
    """Read a JSON object; an empty body is an empty object."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ControlError("the body must be JSON") from error
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def answer(content: Any) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=json.dumps(content).encode(), content_type="application/json")


def find_person(world: World, name: Any) -> Person:
    """Return a person by id or username."""
    text = str(name).removeprefix("@")
    person = (
        world.people.get(int(text))
        if text.isdecimal()
        else world.people.get(world.names.get(text.lower(), 0))
    )
    if person is None:
        raise ControlError(f"no such person: {name}", NOT_FOUND)
    return person


def find_bot(world: World, name: Any) -> Bot:
    """Return a bot by username, id or token."""
    text = str(name).removeprefix("@")
    if text in world.tokens:
        return world.tokens[text]
    bot = world.bots.get(int(text)) if text.isdecimal() else world.bots.get(world.names.get(text.lower(), 0))
    if bot is None:
        raise ControlError(f"no such bot: {name}", NOT_FOUND)
    return bot


def find_group(world: World, name: Any) -> Chat:
    """Return a group or channel by id or username."""
    text = str(name).removeprefix("@")
    chat = world.chats.get(text) or world.group(world.names.get(text.lower(), 0))
    if chat is None or chat.is_private:
        raise ControlError(f"no such group: {name}", NOT_FOUND)
    return chat


def find_chat(world: World, person: Person, name: str) -> Chat:
    """Return a person's chat: a bot's username or id, a chat key, or a group."""
    key = str(name)
    if key in world.chats and world.chats[key].person_id in (0, person.id):
        return world.chats[key]
    plain = key.removeprefix("@")
    owner = int(plain) if plain.isdecimal() else world.names.get(plain.lower(), 0)
    if owner in world.bots:
        return world.private_chat(owner, person.id)
    return find_group(world, name)


def place(request: web.Request) -> tuple[World, Person, Chat]:
    """Return the world, person and chat named by the address."""
    world = world_of(request)
    person = find_person(world, request.match_info["person"])
    return world, person, find_chat(world, person, request.match_info["chat"])


def find_message(chat: Chat, wish: Json) -> Message:
    """Return the message named by `message_id`."""
    message = chat.messages.get(int(wish.get("message_id") or 0))
    if message is None:
        raise ControlError("there is no such message")
    return message


def seconds_of(request: web.Request, default: float) -> float:
    """Read `timeout` from the query."""
    return number_of(request, "timeout", default)


def number_of(request: web.Request, name: str, default: float) -> float:
    """Read a number from the query."""
    try:
        return float(request.query.get(name, default))
    except ValueError as error:
        raise ControlError(f"{name} must be a number") from error


def person_json(world: World, person: Person) -> Json:
    """Describe a person."""
    return {**rendering.user(world, person.id), "deleted": person.deleted}


def bot_json(world: World, bot: Bot) -> Json:
    """Describe a bot."""
    hook = bot.webhook.url if bot.webhook else ""
    return {**rendering.user(world, bot.id), "token": bot.token, "pending": len(bot.pending), "webhook": hook}


def _pinned(world: World, chat: Chat) -> Json | None:
    """Return the newest pinned message that is still there."""
    pinned = [chat.messages[number] for number in chat.pinned if number in chat.messages]
    return posting.seen_by_people(world, pinned[-1]) if pinned else None


def chat_json(world: World, person: Person, chat: Chat) -> Json:
    """Describe a chat as one person's list shows it."""
    last = next(reversed(chat.messages.values()), None)
    read = chat.reads.get(person.id, 0)
    unread = sum(message.seq > read and message.sender_id != person.id for message in chat.messages.values())
    shown: Json = {
        "key": chat.key,
        "id": chat.id,
        "type": str(chat.type),
        "title": chat.title,
        "username": world.bots[chat.bot_id].username if chat.is_private else chat.username,
        "seq": chat.seq,
        "unread": unread,
        "started": chat.started or not chat.is_private,
        "blocked": chat.blocked,
        "member": chat.present(person.id),
        "keyboard": chat.keyboard,
        "last": posting.seen_by_people(world, last) if last else None,
        "pinned": _pinned(world, chat),
        "is_forum": topics.has_topics(world, chat),
        "topics": [topics.as_json(topic) for topic in chat.topics.values()],
        "drafts": list(chat.drafts.values()),
    }
    if chat.is_private:
        shown["menu_button"] = menu_button(world, chat)
        shown |= face_of(world.bots[chat.bot_id], person)
    else:
        shown["members"] = sum(1 for member in chat.members if chat.present(member))
        shown["status"] = str(chat.members[person.id].status) if person.id in chat.members else "left"
    return shown
