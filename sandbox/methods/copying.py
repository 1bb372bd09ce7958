"""copyMessage and forwardMessage, one by one and in numbers."""

from typing import Any

from sandbox.chats import rendering
from sandbox.chats.access import find_chat, must_be_in
from sandbox.chats.keyboards import read_markup
from sandbox.methods import sending
from sandbox.methods.deleting import message_ids
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, ChatType, Message
from sandbox.wire.errors import bad_request

_CAPTION = frozenset({"caption", "caption_entities", "show_caption_above_media"})
_OWN = frozenset(
    {
        "has_protected_content",
        "forward_origin",
        "media_group_id",
        "message_thread_id",
        "is_topic_message",
        "effect_id",
    }
)
_CONTENT = frozenset({"text", "media", "contact", "location", "poll", "dice", "venue", "invoice", "game"})
Json = dict[str, Any]


@method("copyMessage")
def copy_message(call: Call) -> Any:
    """Send a message's content anew, as the bot's own."""
    message = _source_message(call, _source(call), call.params.number("message_id"), "copy")
    body = _copied(message)
    if call.params.has("caption") and "media" in body:
        caption = sending.caption_of(call)
        body = {**{key: value for key, value in body.items() if key not in _CAPTION}, **caption}
    chat = sending.target(call)
    markup = read_markup(call.params.values.get("reply_markup"), private=chat.is_private)
    reply = sending.reply_target(call, chat)
    fields = sending.common_fields(call, chat, reply)
    call.world.limiter.take(call.bot, chat)
    sent = sending.deliver(call, chat, {**body, **fields}, markup=markup, reply_to=reply)
    return {"message_id": sent.id}


@method("forwardMessage")
def forward_message(call: Call) -> Any:
    """Forward a message under its author's name."""
    message = _source_message(call, _source(call), call.params.number("message_id"), "forward")
    chat = sending.target(call)
    fields = sending.common_fields(call, chat)
    call.world.limiter.take(call.bot, chat)
    sent = sending.deliver(call, chat, {**_forwarded(call, message), **fields})
    return rendering.message(call.world, sent, call.bot.id)


@method("copyMessages")
def copy_messages(call: Call) -> Any:
    """Copy up to 100 messages; those that cannot be copied are passed over."""
    return _many(call, "copy")


@method("forwardMessages")
def forward_messages(call: Call) -> Any:
    """Forward up to 100 messages; those that cannot be forwarded are passed over."""
    return _many(call, "forward")


def _many(call: Call, verb: str) -> list[Json]:
    call.params.required("from_chat_id")
    numbers = message_ids(call)
    if sorted(set(numbers)) != numbers:
        raise bad_request("message identifiers must be in a strictly increasing order")
    source = _source(call)
    copied = [source.messages[number] for number in numbers if number in source.messages]
    copied = [message for message in copied if _movable(message)]
    if not copied:
        raise bad_request(f"there are no messages to {verb}")
    chat = sending.target(call)
    common = sending.common_fields(call, chat)
    call.world.limiter.take(call.bot, chat, len(copied))
    bodies = [_copied(message) if verb == "copy" else _forwarded(call, message) for message in copied]
    return [{"message_id": sending.deliver(call, chat, {**body, **common}).id} for body in bodies]


def _source(call: Call) -> Chat:
    chat = find_chat(call.world, call.bot, call.params.required("from_chat_id"))
    must_be_in(chat, call.bot)
    return chat


def _source_message(call: Call, source: Chat, number: int, verb: str) -> Message:
    message = source.messages.get(number)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.body.get("has_protected_content") and message.sender_id != call.bot.id:
        raise bad_request(
            f"message has protected content and can't be {'copied' if verb == 'copy' else 'forwarded'}"
        )
    if not _movable(message):
        raise bad_request(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def _movable(message: Message) -> bool:
    return bool(_CONTENT & message.body.keys())


def _copied(message: Message) -> Json:
    return {key: value for key, value in message.body.items() if key not in _OWN}


def _forwarded(call: Call, message: Message) -> Json:
    origin = message.body.get("forward_origin")
    if origin is None:
        source = call.world.chats[message.chat]
        if source.type is ChatType.CHANNEL:
            origin = {"type": "channel", "date": message.date, "chat": source.key, "message_id": message.id}
        else:
            origin = {"type": "user", "date": message.date, "sender_user": message.sender_id}
    return {"forward_origin": origin, **_copied(message)}
