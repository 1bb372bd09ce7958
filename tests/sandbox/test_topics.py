"""Topics in forums and in private chats: where messages go, who may write, what bots hear."""

from typing import Any

import pytest
from bot_client import BotClient

from sandbox.client.client import Group, Person, SandboxClient


@pytest.fixture
async def boris(tg: SandboxClient) -> Person:
    return await tg.person("Boris")


@pytest.fixture
async def forum(tg: SandboxClient, bot: BotClient, boris: Person) -> Group:
    forum = await tg.group("Club", owner=boris, bots=["sales_bot"], forum=True)
    await bot.drain()
    return forum


async def open_topic(bot: BotClient, forum: Group, name: str = "Homework") -> int:
    topic: dict[str, Any] = await bot.ok("createForumTopic", chat_id=forum.id, name=name)
    return int(topic["message_thread_id"])


async def test_a_topic_keeps_its_messages(bot: BotClient, forum: Group, boris: Person) -> None:
    thread = await open_topic(bot, forum)
    sent = await bot.ok("sendMessage", chat_id=forum.id, message_thread_id=thread, text="Send it here")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert sent["chat"]["is_forum"] is True
    here = boris.chat(forum).in_topic(thread)
    asked = await here.expect("Send it")
    await boris.chat(forum).send("elsewhere")
    await here.reply(asked, "Done")
    first, second = await bot.drain("message")
    assert "message_thread_id" not in first
    assert second["message_thread_id"] == thread
    assert [one.text for one in here.transcript][-1:] == ["Send it here"]
    # An answer without a topic goes where the question lies.
    answer = await bot.ok(
        "sendMessage", chat_id=forum.id, text="Thanks", reply_parameters={"message_id": second["message_id"]}
    )
    assert answer["message_thread_id"] == thread


async def test_a_closed_topic_is_for_those_who_manage_topics(
    bot: BotClient, course_bot: BotClient, forum: Group, boris: Person, tg: SandboxClient
) -> None:
    thread = await open_topic(bot, forum)
    anna = await tg.person("Anna")
    await forum.add(anna)
    await forum.set_bot("course_bot", "member")
    await bot.ok("closeForumTopic", chat_id=forum.id, message_thread_id=thread)
    refusal = (400, "Bad Request: TOPIC_CLOSED")
    message = {"chat_id": forum.id, "message_thread_id": thread, "text": "Hi"}
    assert await course_bot.fails("sendMessage", **message) == refusal
    with pytest.raises(AssertionError, match="TOPIC_CLOSED"):
        await anna.chat(forum).in_topic(thread).send("Hi")
    await boris.chat(forum).in_topic(thread).send("I may")
    again = await bot.fails("closeForumTopic", chat_id=forum.id, message_thread_id=thread)
    assert again == (400, "Bad Request: TOPIC_NOT_MODIFIED")
    await bot.ok("reopenForumTopic", chat_id=forum.id, message_thread_id=thread)
    await course_bot.ok("sendMessage", **message)


async def test_a_deleted_topic_takes_its_messages_along(bot: BotClient, forum: Group, boris: Person) -> None:
    thread = await open_topic(bot, forum)
    await boris.chat(forum).in_topic(thread).send("Gone soon")
    await bot.ok("deleteForumTopic", chat_id=forum.id, message_thread_id=thread)
    left = [one.raw.keys() & {"text", "forum_topic_created"} for one in await boris.chat(forum).messages()]
    assert not any(left)
    refusal = await bot.fails("sendMessage", chat_id=forum.id, message_thread_id=thread, text="Hi")
    assert refusal == (400, "Bad Request: message thread not found")


async def test_the_general_topic_is_closed_and_hidden(bot: BotClient, forum: Group, boris: Person) -> None:
    await bot.ok("hideGeneralForumTopic", chat_id=forum.id)
    (general,) = await boris.chat(forum).topics()
    assert (general.name, general.closed) == ("General", True)
    await bot.ok("unhideGeneralForumTopic", chat_id=forum.id)
    await bot.ok("editGeneralForumTopic", chat_id=forum.id, name="Hall")
    (general,) = await boris.chat(forum).topics()
    assert (general.name, general.closed) == ("Hall", False)


async def test_private_chats_have_topics_when_the_bot_has_them(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna")
    chat = await anna.start("sales_bot")
    make = {"chat_id": anna.id, "name": "Lesson 1"}
    assert await bot.fails("createForumTopic", **make) == (400, "Bad Request: the chat is not a forum")
    await tg.abilities("sales_bot", topics=True, users_create_topics=True)
    assert (await bot.ok("getMe"))["has_topics_enabled"] is True
    thread = (await bot.ok("createForumTopic", **make))["message_thread_id"]
    await bot.drain()
    await chat.in_topic(thread).send("My work")
    own = await chat.open_topic("Questions")
    await chat.in_topic(own).send("When?")
    threads = [(one.get("text"), one["message_thread_id"]) for one in await bot.drain("message")]
    assert threads == [("My work", thread), (None, own.id), ("When?", own.id)]


async def test_what_is_missing_is_refused(bot: BotClient, forum: Group) -> None:
    topic = {"chat_id": forum.id, "message_thread_id": 999}
    for method in ("closeForumTopic", "reopenForumTopic", "deleteForumTopic", "editForumTopic"):
        assert await bot.fails(method, **topic) == (400, "Bad Request: TOPIC_ID_INVALID")
    await forum.set_bot("sales_bot", "administrator", {"can_invite_users": True})
    refusal = (400, "Bad Request: not enough rights to create a topic")
    assert await bot.fails("createForumTopic", chat_id=forum.id, name="A") == refusal


async def test_a_closed_general_topic_refuses_a_bot_that_is_a_member(
    bot: BotClient, forum: Group, boris: Person
) -> None:
    await forum.set_bot("sales_bot", "member")
    await forum.close_topic()
    assert await bot.fails("sendMessage", chat_id=forum.id, text="Hello") == (
        400,
        "Bad Request: TOPIC_CLOSED",
    )
    await forum.close_topic(closed=False)
    assert await bot.ok("sendMessage", chat_id=forum.id, text="Hello")
    notes = [
        one
        for one in await bot.drain("message")
        if "forum_topic_closed" in one or "forum_topic_reopened" in one
    ]
    assert len(notes) == 2
