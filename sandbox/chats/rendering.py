"""How bots and people see things: users, chats and messages as Bot API objects."""

from typing import Any

from sandbox.state.files import file_id, unique_id
from sandbox.state.model import Chat, ChatType, Message
from sandbox.state.world import World

Json = dict[str, Any]
_USER_FIELDS = ("left_chat_member", "via_bot")
# What only people's screens show, beside the Bot API's own fields.
_SCREEN = frozenset({"votes", "checkout"})
_THUMB_SIDE = 90
_SIDES = ("width", "height", "duration")


def user(world: World, user_id: int) -> Json:
    """Return a User."""
    bot = world.bots.get(user_id)
    if bot:
        return {"id": bot.id, "is_bot": True, "first_name": bot.name, "username": bot.username}
    person = world.people.get(user_id)
    if person is None or person.deleted:
        return {"id": user_id, "is_bot": False, "first_name": ""}
    found: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    for name in ("last_name", "username", "language_code"):
        if value := getattr(person, name):
            found[name] = value
    return found


def chat(world: World, one: Chat) -> Json:
    """Return a Chat as it stands in messages."""
    if one.is_private:
        seen = user(world, one.person_id)
        names: Json = {key: seen[key] for key in ("first_name", "last_name", "username") if key in seen}
        return {"id": one.id, **names, "type": "private"}
    found: Json = {"id": one.id, "title": one.title}
    if one.username:
        found["username"] = one.username
    found["type"] = str(one.type)
    if one.is_forum:
        found["is_forum"] = True
    if one.type is ChatType.GROUP:
        found["all_members_are_administrators"] = False
    return found


def message(world: World, one: Message, viewer: int, *, with_reply: bool = True) -> Json:
    """Return a Message as the bot `viewer` sees it; viewer 0 is a person, who sees files by address."""
    place = world.chats[one.chat]
    seen: Json = {"message_id": one.id}
    if place.type is ChatType.CHANNEL:
        seen["sender_chat"] = chat(world, place)
    else:
        seen["from"] = user(world, one.sender_id)
    seen["chat"] = chat(world, place)
    seen["date"] = one.date
    if one.edit_date:
        seen["edit_date"] = one.edit_date
    if with_reply and one.reply_to and one.reply_to in place.messages:
        seen["reply_to_message"] = message(world, place.messages[one.reply_to], viewer, with_reply=False)
    for name, value in one.body.items():
        if viewer == 0 or name not in _SCREEN:
            _add_field(world, seen, name, value, viewer)
    if viewer == 0 and one.reactions:
        seen["reactions"] = reactions(one)
    if one.markup and (viewer == 0 or "inline_keyboard" in one.markup):
        seen["reply_markup"] = one.markup
    return seen


def _add_field(world: World, seen: Json, name: str, value: Any, viewer: int) -> None:
    if name == "media":
        seen.update(media(world, value, viewer))
    elif name in ("entities", "caption_entities"):
        seen[name] = [_entity(world, one) for one in value]
    elif name == "new_chat_members":
        members = [user(world, one) for one in value]
        seen.update({"new_chat_participant": members[0], "new_chat_member": members[0], name: members})
    elif name in _USER_FIELDS:
        seen[name] = user(world, value)
    elif name == "forward_origin":
        _add_forward(world, seen, value)
    elif name == "new_chat_photo":
        seen[name] = media(world, value, viewer)["photo"]
    elif name == "pinned":
        seen["pinned_message"] = _pinned(world, value, viewer)
    else:
        seen[name] = value


def reactions(one: Message) -> list[Json]:
    """Return who put which reaction to a message."""
    found: dict[str, Json] = {}
    for person, put in one.reactions.items():
        for kind in put:
            found.setdefault(str(kind), {"type": kind, "people": []})["people"].append(int(person))
    return list(found.values())


def _pinned(world: World, place: list[Any], viewer: int) -> Json:
    home = world.chats[place[0]]
    found = home.messages.get(place[1])
    if found is None:
        return {"chat": chat(world, home), "message_id": place[1], "date": 0}
    return message(world, found, viewer, with_reply=False)


def _entity(world: World, entity: Json) -> Json:
    if "user" in entity:
        return {**entity, "user": user(world, entity["user"])}
    return entity


def _add_forward(world: World, seen: Json, origin: Json) -> None:
    if origin["type"] == "channel":
        source = world.chats.get(origin["chat"])
        seen["forward_origin"] = {**origin, "chat": chat(world, source) if source else {}}
    else:
        sender = user(world, origin["sender_user"])
        seen["forward_origin"] = {**origin, "sender_user": sender}
        seen["forward_from"] = sender
    seen["forward_date"] = origin["date"]


def media(world: World, value: Json, viewer: int) -> Json:
    """Return the media field of a message, such as `{"photo": [...]}`."""
    kind = value["kind"]
    if kind == "photo":
        return {"photo": [_photo_size(world, value, viewer, size) for size in ("s", "x")]}
    found = {**_file(world, value["file"], viewer), **value.get("extra", {})}
    if kind == "animation":
        # Old programs know animations as documents only.
        plain = {name: one for name, one in found.items() if name not in _SIDES}
        return {"animation": found, "document": plain}
    return {kind: found}


def _file(world: World, number: int, viewer: int, size: str = "") -> Json:
    stored = world.files.known[number]
    found: Json = {"file_id": file_id(viewer, stored, size), "file_unique_id": unique_id(stored, size)}
    found |= {
        key: value for key, value in stored.meta.items() if size == "" or key not in ("width", "height")
    }
    if stored.name and stored.kind in ("document", "video", "audio", "animation"):
        found["file_name"] = stored.name
    if stored.mime and stored.kind not in ("photo", "sticker", "video_note"):
        found["mime_type"] = stored.mime
    found["file_size"] = stored.size
    if viewer == 0:
        found["url"] = f"/sandbox/files/{number}"
    return found


def _photo_size(world: World, value: Json, viewer: int, size: str) -> Json:
    meta = world.files.known[value["file"]].meta
    width, height = meta.get("width", 1), meta.get("height", 1)
    found = _file(world, value["file"], viewer, size)
    if size == "s":
        scale = min(_THUMB_SIDE / max(width, height), 1)
        width, height = max(int(width * scale), 1), max(int(height * scale), 1)
    return {**found, "width": width, "height": height}
