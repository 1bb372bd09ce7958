"""Polls that end: by hand, or by themselves when their time is over."""

from typing import Any

from sandbox.chats import posting
from sandbox.state import updates
from sandbox.state.model import Chat, Message
from sandbox.state.world import World

Json = dict[str, Any]


def close(world: World, chat: Chat, message: Message) -> Json:
    """Close a poll for good, and tell its bot."""
    poll: Json = {**message.body["poll"], "is_closed": True}
    message.body = {**message.body, "poll": poll}
    posting.show(world, chat, message, "message")
    bot = world.bots.get(message.sender_id)
    if bot is not None:
        updates.push(world, bot, "poll", poll)
    return poll


def watch(world: World, chat: Chat, message: Message) -> None:
    """Close the poll when its time is over, if it has one."""
    ends = message.body["poll"].get("close_date", 0)
    if not ends or message.body["poll"]["is_closed"]:
        return

    def end() -> None:
        known = chat.messages.get(message.id)
        if known is not None and not known.body["poll"]["is_closed"]:
            close(world, chat, known)

    world.alarms.set(ends, end)


def watch_all(world: World) -> None:
    """Watch over the polls of a state that was read from a file."""
    for chat in world.chats.values():
        for message in chat.messages.values():
            if "poll" in message.body:
                watch(world, chat, message)
