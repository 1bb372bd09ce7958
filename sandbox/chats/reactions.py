"""Reactions under messages: who put which, and how bots hear of people's."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.state import updates
from sandbox.state.model import ADMINS, Chat, ChatType, Message
from sandbox.state.world import World

_ALLOWED = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 "
    "👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
EMOJI = frozenset(_ALLOWED.split())
Json = dict[str, Any]


def put(world: World, chat: Chat, message: Message, user_id: int, kinds: list[Json]) -> None:
    """Replace someone's reactions; bots hear of people's, in groups only as administrators."""
    key = str(user_id)
    old = message.reactions.pop(key, [])
    if kinds:
        message.reactions[key] = kinds
    if old == kinds:
        return
    posting.show(world, chat, message, "message")
    if user_id in world.people:
        _tell_bots(world, chat, message, user_id, old)


def _tell_bots(world: World, chat: Chat, message: Message, user_id: int, old: list[Json]) -> None:
    about: Json = {
        "chat": rendering.chat(world, chat),
        "message_id": message.id,
        "date": world.clock.date(),
    }
    if chat.type is ChatType.CHANNEL:
        kind = "message_reaction_count"
        news: Json = {"reactions": _counted(message)}
    else:
        now = message.reactions.get(str(user_id), [])
        kind = "message_reaction"
        news = {"user": rendering.user(world, user_id), "old_reaction": old, "new_reaction": now}
    for bot in posting.listeners(world, chat):
        if chat.is_private or chat.members[bot.id].status in ADMINS:
            updates.push(world, bot, kind, {**about, **news})


def _counted(message: Message) -> list[Json]:
    return [
        {"type": reaction["type"], "total_count": len(reaction["people"])}
        for reaction in rendering.reactions(message)
    ]
