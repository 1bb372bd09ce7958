"""Forum topics: opening, renaming, closing, deleting, and the general one."""

from typing import Any

from sandbox.chats import topics
from sandbox.chats.access import find_chat, has_right, must_be_in
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, Topic
from sandbox.wire.errors import bad_request

MAX_NAME = 128
NOT_MODIFIED = "TOPIC_NOT_MODIFIED"


def _forum(call: Call) -> Chat:
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    if not topics.has_topics(call.world, chat):
        raise bad_request(topics.NO_FORUM)
    return chat


def _topic(call: Call, number: int, act: str) -> tuple[Chat, Topic]:
    chat = _forum(call)
    topic = chat.topics.get(number)
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    allowed = chat.is_private or topic.creator_id == call.bot.id
    if not allowed and not has_right(chat.members.get(call.bot.id), "can_manage_topics"):
        raise bad_request(f"not enough rights to {act} the topic")
    return chat, topic


def _named(call: Call, act: str) -> tuple[Chat, Topic]:
    return _topic(call, call.params.number("message_thread_id"), act)


def _name(call: Call) -> str:
    name = call.params.text("name").strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    return name[:MAX_NAME]


@method("createForumTopic")
def create_forum_topic(call: Call) -> Any:
    """Open a topic."""
    chat = _forum(call)
    if not chat.is_private and not has_right(chat.members.get(call.bot.id), "can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    color = call.params.number("icon_color")
    if color and color not in topics.COLORS:
        raise bad_request("invalid icon color specified")
    emoji = call.params.text("icon_custom_emoji_id")
    topic = topics.open_topic(call.world, chat, call.bot.id, _name(call), color, emoji)
    forum_topic = {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}
    return {**forum_topic, "icon_custom_emoji_id": emoji} if emoji else forum_topic


@method("editForumTopic")
def edit_forum_topic(call: Call) -> Any:
    """Give a topic another name or icon."""
    chat, topic = _named(call, "edit")
    changed: dict[str, Any] = {}
    if call.params.text("name"):
        changed["name"] = topic.name = _name(call)
    if call.params.has("icon_custom_emoji_id"):
        topic.icon_custom_emoji_id = call.params.text("icon_custom_emoji_id")
        changed["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    if changed:
        topics.say(call.world, chat, topic, call.bot.id, {"forum_topic_edited": changed})
    return True


@method("closeForumTopic", "reopenForumTopic")
def close_forum_topic(call: Call) -> Any:
    """Close a topic, or open it again."""
    chat, topic = _named(call, "close")
    return _set_closed(call, chat, topic)


@method("deleteForumTopic")
def delete_forum_topic(call: Call) -> Any:
    """Delete a topic with its messages."""
    chat, topic = _named(call, "delete")
    topics.remove_topic(call.world, chat, topic)
    return True


@method("unpinAllForumTopicMessages", "unpinAllGeneralForumTopicMessages")
def unpin_all(call: Call) -> Any:
    """Unpin what is pinned in a topic."""
    thread = 0 if "General" in call.method else call.params.number("message_thread_id")
    chat, _ = _topic(call, thread or topics.GENERAL, "edit")
    chat.pinned = [
        number
        for number in chat.pinned
        if number in chat.messages and topics.thread_of(chat.messages[number].body) != thread
    ]
    call.world.touch()
    return True


@method("editGeneralForumTopic")
def edit_general_forum_topic(call: Call) -> Any:
    """Rename the general topic."""
    chat, topic = _topic(call, topics.GENERAL, "edit")
    topic.name = _name(call)
    topics.say(call.world, chat, topic, call.bot.id, {"forum_topic_edited": {"name": topic.name}})
    return True


@method("closeGeneralForumTopic", "reopenGeneralForumTopic")
def close_general_forum_topic(call: Call) -> Any:
    """Close the general topic, or open it again."""
    chat, topic = _topic(call, topics.GENERAL, "close")
    return _set_closed(call, chat, topic)


def _set_closed(call: Call, chat: Chat, topic: Topic) -> bool:
    closed = call.method.startswith("close")
    if topic.is_closed == closed:
        raise bad_request(NOT_MODIFIED)
    topics.close(call.world, chat, topic, call.bot.id, closed=closed)
    return True


@method("hideGeneralForumTopic", "unhideGeneralForumTopic")
def hide_general_forum_topic(call: Call) -> Any:
    """Hide the general topic, which also closes it, or show it again."""
    chat, topic = _topic(call, topics.GENERAL, "edit")
    hidden = call.method.startswith("hide")
    if topic.is_hidden == hidden:
        raise bad_request(NOT_MODIFIED)
    topic.is_hidden = topic.is_closed = hidden
    note = "general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden"
    topics.say(call.world, chat, topic, call.bot.id, {note: {}})
    return True
