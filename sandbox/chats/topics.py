"""Topics of forums and of private chats: opening, closing, and which of them a message goes to."""

from typing import Any

from sandbox.chats import posting
from sandbox.chats.access import has_right
from sandbox.state.model import Chat, Topic
from sandbox.state.world import World
from sandbox.wire.errors import ControlError, bad_request

GENERAL = 1
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
CLOSED, GONE, NO_FORUM = "TOPIC_CLOSED", "message thread not found", "the chat is not a forum"
Json = dict[str, Any]


def has_topics(world: World, chat: Chat) -> bool:
    """Tell whether messages of the chat lie in topics."""
    if chat.is_private:
        return bool(world.bots[chat.bot_id].settings.get("topics"))
    return chat.is_forum


def make_forum(chat: Chat) -> None:
    """Turn a supergroup into a forum, which has a general topic from the start."""
    chat.is_forum = True
    chat.topics.setdefault(GENERAL, Topic(GENERAL, "General", COLORS[0]))


def open_topic(
    world: World, chat: Chat, creator_id: int, name: str, color: int = 0, emoji: str = ""
) -> Topic:
    """Open a topic; its number is that of the message which says so."""
    color = color or COLORS[0]
    icon: Json = {"icon_color": color, **({"icon_custom_emoji_id": emoji} if emoji else {})}
    message = posting.post(world, chat, creator_id, {"forum_topic_created": {"name": name, **icon}})
    message.body |= {"message_thread_id": message.id, "is_topic_message": True}
    chat.topics[message.id] = Topic(message.id, name, color, emoji, creator_id)
    posting.announce(world, chat, message)
    tell(world, chat)
    return chat.topics[message.id]


def say(world: World, chat: Chat, topic: Topic, sender_id: int, note: Json) -> None:
    """Write down in the topic what has become of it."""
    posting.announce(world, chat, posting.post(world, chat, sender_id, {**note, **fields(topic.id)}))
    tell(world, chat)


def close(world: World, chat: Chat, topic: Topic, by: int, *, closed: bool) -> None:
    """Close a topic to ordinary members, or open it again."""
    topic.is_closed = closed
    say(world, chat, topic, by, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


def remove_topic(world: World, chat: Chat, topic: Topic) -> None:
    """Delete a topic with all its messages."""
    del chat.topics[topic.id]
    for number in [key for key, message in chat.messages.items() if thread_of(message.body) == topic.id]:
        posting.remove(world, chat, number)
    tell(world, chat)


def tell(world: World, chat: Chat) -> None:
    """Let open pages read the topics anew."""
    posting.tell(world, chat, {"event": "topics"})


def fields(thread: int) -> Json:
    """Return what a message in the topic carries; the general topic leaves no mark."""
    return {"message_thread_id": thread, "is_topic_message": True} if thread > GENERAL else {}


def thread_of(body: Json) -> int:
    """Return the topic a message lies in, 0 for none and for the general one."""
    return int(body.get("message_thread_id", 0))


def place_in(world: World, chat: Chat, sender_id: int, thread: int, reply_to: int = 0) -> Json:
    """Return the fields of a message sent to the topic, or into that of the message it answers; refuses."""
    if not has_topics(world, chat):
        if thread:
            raise bad_request(GONE)
        return {}
    if not thread and reply_to in chat.messages:
        thread = thread_of(chat.messages[reply_to].body)
    topic = chat.topics.get(thread or GENERAL)
    if topic is None and thread:
        raise bad_request(GONE)
    if topic is not None and topic.is_closed and not _may_manage(chat, topic, sender_id):
        raise bad_request(CLOSED)
    return fields(thread)


def _may_manage(chat: Chat, topic: Topic, user_id: int) -> bool:
    return topic.creator_id == user_id or has_right(chat.members.get(user_id), "can_manage_topics")


def must_be_allowed(world: World, chat: Chat, person_id: int) -> None:
    """Refuse a person who may not open topics here."""
    if not has_topics(world, chat):
        raise ControlError("this chat has no topics")
    if chat.is_private:
        allowed = bool(world.bots[chat.bot_id].settings.get("users_create_topics"))
    else:
        allowed = chat.present(person_id) and chat.permissions.get("can_manage_topics", True)
    if not allowed and not has_right(chat.members.get(person_id), "can_manage_topics"):
        raise ControlError("this person may not manage topics here")


def as_json(topic: Topic) -> Json:
    """Describe a topic to people's screens."""
    return {
        "message_thread_id": topic.id,
        "name": topic.name,
        "icon_color": topic.icon_color,
        "icon_custom_emoji_id": topic.icon_custom_emoji_id,
        "is_closed": topic.is_closed,
        "is_hidden": topic.is_hidden,
    }
