"""Queues of updates: what a bot is told, and what it has confirmed."""

from typing import Any

from sandbox.state.model import Bot
from sandbox.state.world import World

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    {
        "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
        "business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
        "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
        "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
        "chat_join_request", "chat_boost", "removed_chat_boost", "subscription",
    }
)  # fmt: skip


def topic(bot: Bot) -> str:
    """Name what wakes those who wait for the bot's updates."""
    return f"updates:{bot.id}"


def wants(bot: Bot, kind: str) -> bool:
    """Tell whether the bot asked for this kind of update."""
    return kind in bot.allowed if bot.allowed else kind not in UNASKED


def push(world: World, bot: Bot, kind: str, payload: dict[str, Any]) -> None:
    """Queue an update for the bot, unless it does not want this kind."""
    if wants(bot, kind):
        push_raw(world, bot, {kind: payload})


def push_raw(world: World, bot: Bot, content: dict[str, Any]) -> int:
    """Queue an update of any shape and return its id."""
    bot.next_update += 1
    bot.pending.append({"update_id": bot.next_update, **content})
    world.touch()
    world.hub.wake(topic(bot))
    return bot.next_update


def confirm(world: World, bot: Bot, offset: int) -> None:
    """Forget the updates before the offset; a negative offset keeps only the last ones."""
    pending = bot.pending
    if offset < 0:
        while len(pending) > -offset:
            pending.popleft()
            world.touch()
        return
    while pending and pending[0]["update_id"] < offset:
        pending.popleft()
        world.touch()


def remember_wishes(world: World, bot: Bot, kinds: Any) -> None:
    """Keep the kinds of update the bot asked for; unknown names are ignored, not a list changes nothing."""
    if isinstance(kinds, list):
        bot.allowed = [kind for kind in kinds if kind in KINDS]
        world.touch()
