"""Deleting and pinning messages."""

from typing import Any

from sandbox.chats import posting
from sandbox.chats.access import find_chat, has_right, must_be_in
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, ChatType, Message
from sandbox.wire.errors import bad_request

MAX_IDS = 100
DELETABLE_SECONDS = 48 * 3600


@method("deleteMessage")
def delete_message(call: Call) -> Any:
    """Delete one message."""
    if not call.params.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    number = call.params.number("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    chat = _place(call)
    if number not in chat.messages:
        raise bad_request("message to delete not found")
    if not _deletable(call, chat, chat.messages[number]):
        raise bad_request("message can't be deleted for everyone")
    posting.remove(call.world, chat, number)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> Any:
    """Delete up to 100 messages; those that are gone or too old are passed over."""
    numbers = message_ids(call)
    chat = _place(call)
    for number in numbers:
        if number in chat.messages and _deletable(call, chat, chat.messages[number]):
            posting.remove(call.world, chat, number)
    return True


def message_ids(call: Call) -> list[int]:
    """Read `message_ids`."""
    raw = call.params.json("message_ids")
    if raw is None or raw == []:
        raise bad_request("message identifiers are not specified")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of message identifiers")
    if len(raw) > MAX_IDS:
        raise bad_request("too many message identifiers specified")
    return [_message_id(entry) for entry in raw]


def _message_id(raw: Any) -> int:
    if not isinstance(raw, int | str):
        raise bad_request("message identifier must be a Number")
    try:
        number = int(raw)
    except ValueError as error:
        raise bad_request("can't parse message identifier as Number") from error
    if number <= 0:
        raise bad_request("invalid message identifier specified")
    return number


def _place(call: Call) -> Chat:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    return chat


def _deletable(call: Call, chat: Chat, message: Message) -> bool:
    fresh = call.world.clock.date() - message.date < DELETABLE_SECONDS
    if chat.is_private:
        return fresh
    if has_right(chat.members.get(call.bot.id), "can_delete_messages"):
        return True
    return message.sender_id == call.bot.id and fresh


@method("pinChatMessage")
def pin_chat_message(call: Call) -> Any:
    """Pin a message."""
    chat = _pinning(call)
    number = call.params.number("message_id")
    if number not in chat.messages:
        raise bad_request("message to pin not found")
    if number not in chat.pinned:
        chat.pinned.append(number)
        posting.post(call.world, chat, call.bot.id, {"pinned": [chat.key, number]})
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> Any:
    """Unpin one message, the latest unless named."""
    chat = _pinning(call)
    number = call.params.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    call.world.touch()
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> Any:
    """Unpin everything."""
    _pinning(call).pinned.clear()
    call.world.touch()
    return True


def _pinning(call: Call) -> Chat:
    chat = _place(call)
    right = "can_edit_messages" if chat.type is ChatType.CHANNEL else "can_pin_messages"
    if not chat.is_private and not has_right(chat.members.get(call.bot.id), right):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat
