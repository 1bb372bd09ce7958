"""Putting messages into chats, and telling everyone who should know."""

from typing import Any

from sandbox.chats import rendering
from sandbox.state import updates
from sandbox.state.model import ADMINS, Bot, Chat, ChatType, Message
from sandbox.state.world import World

MAX_GONE = 500
_SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "pinned",
        "migrate_to_chat_id",
        "successful_payment",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
    }
)


def post(
    world: World,
    chat: Chat,
    sender_id: int,
    body: dict[str, Any],
    *,
    markup: dict[str, Any] | None = None,
    reply_to: int = 0,
) -> Message:
    """Add a message to the chat; bots hear of it by `announce`."""
    message = Message(_next_id(world, chat), chat.key, world.clock.date(), sender_id, body, markup, reply_to)
    chat.messages[message.id] = message
    if len(chat.messages) > world.options.history:
        del chat.messages[next(iter(chat.messages))]
    if sender_id in world.bots:
        chat.delivered += 1
        _keep_keyboard(chat, markup)
    show(world, chat, message, "message")
    return message


def _next_id(world: World, chat: Chat) -> int:
    if chat.is_private:
        owner = world.bots[chat.bot_id]
        owner.next_message += 1
        return owner.next_message
    chat.next_message += 1
    return chat.next_message


def _keep_keyboard(chat: Chat, markup: dict[str, Any] | None) -> None:
    if not markup:
        return
    if "keyboard" in markup:
        chat.keyboard = markup
    elif "remove_keyboard" in markup:
        chat.keyboard = None


def show(world: World, chat: Chat, message: Message, event: str) -> None:
    """Mark a message as new or changed, and tell waiting tests and open pages."""
    chat.seq += 1
    message.seq = chat.seq
    _tell(world, chat, lambda: {"event": event, "message": seen_by_people(world, message)})


def seen_by_people(world: World, message: Message) -> dict[str, Any]:
    """Return a message as people's screens show it."""
    return {**rendering.message(world, message, 0), "seq": message.seq}


def _tell(world: World, chat: Chat, event: Any) -> None:
    world.touch()
    world.hub.wake(f"chat:{chat.key}")
    watchers = [person for person in world.hub.listening() if chat.present(person)]
    if watchers:
        made = {"chat": chat.key, "seq": chat.seq, **event()}
        for person in watchers:
            world.hub.tell(person, made)


def tell(world: World, chat: Chat, event: dict[str, Any]) -> None:
    """Tell open pages about something in the chat that is no message."""
    _tell(world, chat, lambda: event)


def remove(world: World, chat: Chat, message_id: int) -> None:
    """Delete a message for everyone."""
    del chat.messages[message_id]
    chat.seq += 1
    chat.gone.append([chat.seq, message_id])
    del chat.gone[:-MAX_GONE]
    _tell(world, chat, lambda: {"event": "deleted", "message_id": message_id})


def announce(world: World, chat: Chat, message: Message, *, edited: bool = False) -> None:
    """Send the message as an update to every bot that may see it."""
    base = "channel_post" if chat.type is ChatType.CHANNEL else "message"
    kind = f"edited_{base}" if edited else base
    for bot in listeners(world, chat):
        if bot.id != message.sender_id and _hears(world, chat, message, bot):
            updates.push(world, bot, kind, rendering.message(world, message, bot.id))


def listeners(world: World, chat: Chat) -> list[Bot]:
    """Return the bots that are in the chat."""
    if chat.is_private:
        return [world.bots[chat.bot_id]]
    return [world.bots[member] for member in chat.members if member in world.bots and chat.present(member)]


def _hears(world: World, chat: Chat, message: Message, bot: Bot) -> bool:
    if chat.is_private:
        return True
    if message.sender_id in world.bots:
        return False
    if chat.members[bot.id].status in ADMINS or _SERVICE & message.body.keys():
        return True
    replied = chat.messages.get(message.reply_to)
    return (replied is not None and replied.sender_id == bot.id) or _commands(message, bot)


def _commands(message: Message, bot: Bot) -> bool:
    text = str(message.body.get("text", ""))
    if f"@{bot.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]
