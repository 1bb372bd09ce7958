"""A person writes: texts, files, albums, replies, edits."""

from dataclasses import asdict
from typing import Any

from sandbox.chats import membership, posting, rendering, topics
from sandbox.protocol.media import keep_upload
from sandbox.state import updates
from sandbox.state.model import ADMINS, Chat, ChatType, Message, Person
from sandbox.state.world import World
from sandbox.text.formatted import plain
from sandbox.wire.errors import ApiError, ControlError
from sandbox.wire.params import Upload

MAX_TEXT = 4096
Json = dict[str, Any]


def say_text(world: World, person: Person, chat: Chat, text: str) -> Message:
    """Send a text."""
    return say(world, person, chat, text_body(text))


def text_body(text: str) -> Json:
    """Write a text as message fields."""
    formatted = plain(text)
    if not formatted.text or formatted.length > MAX_TEXT:
        raise ControlError("a text has 1 to 4096 characters")
    body: Json = {"text": formatted.text}
    if formatted.entities:
        body["entities"] = list(formatted.entities)
    return body


def say(world: World, person: Person, chat: Chat, body: Json, reply_to: int = 0, thread: int = 0) -> Message:
    """Send a message of any content, into a topic if there are any."""
    _must_have_voice(person, chat)
    body = {**body, **_place(world, person, chat, thread, reply_to)}
    if chat.is_private and not chat.started:
        _open(world, person, chat)
    message = posting.post(world, chat, person.id, body, reply_to=reply_to)
    chat.reads[person.id] = chat.seq
    posting.announce(world, chat, message)
    return message


def _place(world: World, person: Person, chat: Chat, thread: int, reply_to: int) -> Json:
    try:
        return topics.place_in(world, chat, person.id, thread, reply_to)
    except ApiError as error:
        raise ControlError(error.description.removeprefix("Bad Request: ")) from error


def _must_have_voice(person: Person, chat: Chat) -> None:
    if person.deleted:
        raise ControlError(f"{person.first_name} has left Telegram")
    if chat.blocked:
        raise ControlError("the bot is blocked; unblock it first")
    if not chat.present(person.id):
        raise ControlError(f"{person.first_name} is not in this chat")
    if chat.type is ChatType.CHANNEL and chat.members[person.id].status not in ADMINS:
        raise ControlError("only administrators write in a channel")


def _open(world: World, person: Person, chat: Chat) -> None:
    chat.started = True
    update = {
        "chat": rendering.chat(world, chat),
        "from": rendering.user(world, person.id),
        "date": world.clock.date(),
        "old_chat_member": membership.private_member_json(world, chat, blocked=False, known=False),
        "new_chat_member": membership.private_member_json(world, chat, blocked=False),
    }
    updates.push(world, world.bots[chat.bot_id], "my_chat_member", update)


def chatter(world: World, bot_id: int, count: int, text: str) -> int:
    """Let everybody who has started the bot write to it in turn, so many messages in all; returns how many wrote."""
    chats = [world.chats[key] for key in world.bot_chats[bot_id]]
    speakers = [chat for chat in chats if chat.is_private and chat.started and not chat.blocked]
    for number in range(count if speakers else 0):
        chat = speakers[number % len(speakers)]
        say_text(world, world.people[chat.person_id], chat, f"{text} {number}")
    return min(count, len(speakers))


def media_body(world: World, kind: str, upload: Upload, extra: Json, caption: str = "") -> Json:
    """Store a person's file and write it as message fields."""
    stored = keep_upload(world, kind, upload)
    body: Json = {"media": {"kind": kind, "file": stored.number, "extra": extra}}
    if caption:
        formatted = plain(caption)
        body["caption"] = formatted.text
        if formatted.entities:
            body["caption_entities"] = list(formatted.entities)
    return body


def say_album(
    world: World, person: Person, chat: Chat, bodies: list[Json], reply_to: int = 0, thread: int = 0
) -> list[Message]:
    """Send several files as one album."""
    album = str(13_900_000_000_000_000 + world.count("album") * 4093)
    return [say(world, person, chat, {"media_group_id": album, **body}, reply_to, thread) for body in bodies]


def contact_body(person: Person, phone: str) -> Json:
    """Write a person's own phone number as message fields."""
    known = {
        key: value for key, value in asdict(person).items() if key in ("first_name", "last_name") and value
    }
    return {"contact": {"phone_number": phone, **known, "user_id": person.id}}


def edit_text(world: World, person: Person, chat: Chat, message_id: int, text: str) -> Message:
    """Change the text or caption of one's own message."""
    message = chat.messages.get(message_id)
    if message is None or message.sender_id != person.id:
        raise ControlError("only one's own messages can be edited")
    formatted = plain(text)
    name, marks = ("caption", "caption_entities") if "media" in message.body else ("text", "entities")
    message.body = {key: value for key, value in message.body.items() if key not in (name, marks)}
    message.body |= {name: formatted.text, marks: list(formatted.entities)}
    message.edit_date = world.clock.date()
    posting.show(world, chat, message, "message")
    posting.announce(world, chat, message, edited=True)
    return message


def take_back(world: World, person: Person, chat: Chat, message_id: int) -> None:
    """Delete one's own message for everyone; bots do not hear of it."""
    message = chat.messages.get(message_id)
    if message is None or message.sender_id != person.id:
        raise ControlError("only one's own messages can be taken back")
    posting.remove(world, chat, message_id)
