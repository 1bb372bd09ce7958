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
    shown: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    for name in ("last_name", "username", "language_code"):
        if value := getattr(person, name):
            shown[name] = value
    return shown


def chat(world: World, home: Chat) -> Json:
    """Return a Chat as it stands in messages."""
    if home.is_private:
        seen = user(world, home.person_id)
        names: Json = {key: seen[key] for key in ("first_name", "last_name", "username") if key in seen}
        return {"id": home.id, **names, "type": "private"}
    shown: Json = {"id": home.id, "title": home.title}
    if home.username:
        shown["username"] = home.username
    shown["type"] = str(home.type)
    if home.is_forum:
        shown["is_forum"] = True
    if home.type is ChatType.GROUP:
        shown["all_members_are_administrators"] = False
    return shown


def message(world: World, source: Message, viewer: int, *, with_reply: bool = True) -> Json:
    """Return a Message as the bot `viewer` sees it; viewer 0 is a person, who sees files by address."""
    place = world.chats[source.chat]
    seen: Json = {"message_id": source.id}
    if place.type is ChatType.CHANNEL:
        seen["sender_chat"] = chat(world, place)
    else:
        seen["from"] = user(world, source.sender_id)
    seen["chat"] = chat(world, place)
    seen["date"] = source.date
    if source.edit_date:
        seen["edit_date"] = source.edit_date
    if with_reply and source.reply_to and source.reply_to in place.messages:
        seen["reply_to_message"] = message(world, place.messages[source.reply_to], viewer, with_reply=False)
    for name, value in source.body.items():
        if viewer == 0 or name not in _SCREEN:
            _add_field(world, seen, name, value, viewer)
    if viewer == 0 and source.reactions:
        seen["reactions"] = reactions(source)
    if source.markup and (viewer == 0 or "inline_keyboard" in source.markup):
        seen["reply_markup"] = source.markup
    return seen


def _add_field(world: World, seen: Json, name: str, value: Any, viewer: int) -> None:
    if name == "media":
        seen.update(media(world, value, viewer))
    elif name in ("entities", "caption_entities"):
        seen[name] = [_entity(world, part) for part in value]
    elif name == "new_chat_members":
        members = [user(world, part) for part in value]
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


def reactions(each_message: Message) -> list[Json]:
    """Return who put which reaction to a message."""
    counted: dict[str, Json] = {}
    for person, put in each_message.reactions.items():
        for kind in put:
            counted.setdefault(str(kind), {"type": kind, "people": []})["people"].append(int(person))
    return list(counted.values())


def _pinned(world: World, place: list[Any], viewer: int) -> Json:
    home = world.chats[place[0]]
    found_message = home.messages.get(place[1])
    if found_message is None:
        return {"chat": chat(world, home), "message_id": place[1], "date": 0}
    return message(world, found_message, viewer, with_reply=False)


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
    file = {**_file(world, value["file"], viewer), **value.get("extra", {})}
    if kind == "animation":
        # Old programs know animations as documents only.
        plain = {name: field for name, field in file.items() if name not in _SIDES}
        return {"animation": file, "document": plain}
    return {kind: file}


def _file(world: World, number: int, viewer: int, size: str = "") -> Json:
    stored = world.files.known[number]
    shown: Json = {"file_id": file_id(viewer, stored, size), "file_unique_id": unique_id(stored, size)}
    shown |= {
        key: value for key, value in stored.meta.items() if size == "" or key not in ("width", "height")
    }
    if stored.name and stored.kind in ("document", "video", "audio", "animation"):
        shown["file_name"] = stored.name
    if stored.mime and stored.kind not in ("photo", "sticker", "video_note"):
        shown["mime_type"] = stored.mime
    shown["file_size"] = stored.size
    if viewer == 0:
        shown["url"] = f"/sandbox/files/{number}"
    return shown


def _photo_size(world: World, value: Json, viewer: int, size: str) -> Json:
    meta = world.files.known[value["file"]].meta
    width, height = meta.get("width", 1), meta.get("height", 1)
    size_json = _file(world, value["file"], viewer, size)
    if size == "s":
        scale = min(_THUMB_SIDE / max(width, height), 1)
        width, height = max(int(width * scale), 1), max(int(height * scale), 1)
    return {**size_json, "width": width, "height": height}
