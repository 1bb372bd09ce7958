"""Reactions, drafts, dice, places, polls that end, and what human administrators do."""

import pytest
from bot_client import BotClient

from sandbox.client.client import Person, SandboxClient

ALL = ["message", "message_reaction", "message_reaction_count", "chat_member", "poll", "poll_answer"]


@pytest.fixture
async def anna(tg: SandboxClient, bot: BotClient) -> Person:
    anna = await tg.person("Anna")
    await anna.start("sales_bot")
    await bot.updates(allowed_updates=ALL)
    await bot.drain()
    return anna


def thumb(emoji: str = "👍") -> dict[str, str]:
    return {"type": "emoji", "emoji": emoji}


async def test_reactions_of_people_and_bots(anna: Person, bot: BotClient) -> None:
    chat = anna.chat("sales_bot")
    sent = await bot.ok("sendMessage", chat_id=anna.id, text="How was it?")
    message = await chat.expect("How")
    await chat.react(message, "👍")
    await chat.react(message, "🔥")
    first, second = await bot.drain("message_reaction")
    assert (first["old_reaction"], first["new_reaction"]) == ([], [thumb()])
    assert (second["old_reaction"], second["new_reaction"]) == ([thumb()], [thumb("🔥")])
    assert (second["user"]["id"], second["message_id"]) == (anna.id, sent["message_id"])
    place = {"chat_id": anna.id, "message_id": sent["message_id"]}
    await bot.ok("setMessageReaction", **place, reaction=[thumb("🔥")])
    shown = (await chat.last()).raw["reactions"]
    assert shown == [{"type": thumb("🔥"), "people": [anna.id, 111111]}]
    await bot.ok("setMessageReaction", **place)
    await chat.react(message)
    assert "reactions" not in (await chat.last()).raw
    assert len(await bot.drain("message_reaction")) == 1
    # Reactions are nothing a bot has said.
    await chat.expect_nothing(0.05)


async def test_reactions_in_a_channel_are_only_counted(
    tg: SandboxClient, bot: BotClient, anna: Person
) -> None:
    channel = await tg.group("News", type="channel", owner=anna, bots=["sales_bot"])
    chat = anna.chat(channel)
    await chat.react(await chat.send("Hot"), "🔥")
    (count,) = await bot.drain("message_reaction_count")
    assert count["reactions"] == [{"type": thumb("🔥"), "total_count": 1}]


async def test_a_draft_grows_and_ends_with_the_message(anna: Person, bot: BotClient) -> None:
    chat = anna.chat("sales_bot")
    for text in ("The", "The <b>answer</b>"):
        await bot.ok("sendMessageDraft", chat_id=anna.id, draft_id=7, text=text, parse_mode="HTML")
    assert await chat.drafts() == ["The answer"]
    await bot.ok("sendMessage", chat_id=anna.id, text="The answer is 42")
    assert await chat.drafts() == []


async def test_every_die_has_its_sides(anna: Person, bot: BotClient) -> None:
    for emoji, sides in (("🎲", 6), ("🏀", 5), ("🎰", 64)):
        rolls = [await bot.ok("sendDice", chat_id=anna.id, emoji=emoji) for _ in range(sides)]
        assert {one["dice"]["value"] for one in rolls} == set(range(1, sides + 1))


async def test_a_live_location_moves_until_it_rests(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    start = {"chat_id": anna.id, "latitude": 55.75, "longitude": 37.62}
    sent = await bot.ok("sendLocation", **start, live_period=600)
    move = {**start, "message_id": sent["message_id"], "latitude": 55.76}
    assert (await bot.ok("editMessageLiveLocation", **move))["location"]["latitude"] == 55.76
    await tg.clock.advance(minutes=11)
    assert await bot.fails("editMessageLiveLocation", **move) == (400, "Bad Request: message can't be edited")
    venue = await bot.ok("sendVenue", **start, title="School", address="Main street 1")
    assert venue["venue"]["title"] == "School"
    assert venue["location"] == venue["venue"]["location"]


async def test_a_poll_ends_by_the_clock(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    poll = {"chat_id": anna.id, "question": "Ready?", "options": ["Yes", "No"], "open_period": 60}
    sent = await bot.ok("sendPoll", **poll)
    assert sent["poll"]["close_date"] == sent["date"] + 60
    await tg.clock.advance(seconds=61)
    (update,) = await bot.updates(timeout=50)
    assert (update["poll"]["id"], update["poll"]["is_closed"]) == (sent["poll"]["id"], True)
    with pytest.raises(AssertionError, match="no open poll"):
        await anna.chat("sales_bot").vote(await anna.chat("sales_bot").last(), 0)


async def test_several_answers_and_a_vote_taken_back(anna: Person, bot: BotClient) -> None:
    poll = {"chat_id": anna.id, "question": "Which?", "options": ["A", "B", "C"], "is_anonymous": False}
    await bot.ok("sendPoll", **poll, allows_multiple_answers=True)
    chat = anna.chat("sales_bot")
    shown = await chat.expect(media="poll")
    voted = await chat.vote(shown, "A", "C")
    assert voted.raw["votes"] == {str(anna.id): [0, 2]}
    await chat.vote(shown)
    assert [one["option_ids"] for one in await bot.drain("poll_answer")] == [[0, 2], []]


async def test_a_quiz_is_answered_once_and_explains(anna: Person, bot: BotClient) -> None:
    quiz = {"chat_id": anna.id, "question": "2+2?", "options": ["3", "4"], "type": "quiz"}
    more = {"correct_option_ids": [1], "explanation": "<i>Count</i>", "explanation_parse_mode": "HTML"}
    sent = await bot.ok("sendPoll", **quiz, **more)
    assert sent["poll"]["explanation_entities"] == [{"type": "italic", "offset": 0, "length": 5}]
    chat = anna.chat("sales_bot")
    shown = await chat.expect(media="poll")
    await chat.vote(shown, "3")
    with pytest.raises(AssertionError, match="answered once"):
        await chat.vote(shown, "4")


async def test_human_administrators_act_too(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    boris = await tg.person("Boris")
    group = await tg.group("Club", owner=boris, bots=["sales_bot"])
    link = (await bot.ok("createChatInviteLink", chat_id=group.id, creates_join_request=True))["invite_link"]
    await anna.join(link)
    await group.approve(anna)
    await group.set_rank(anna, "administrator", {"can_pin_messages": True})
    assert (await bot.ok("getChatMember", chat_id=group.id, user_id=anna.id))["can_pin_messages"] is True
    await group.set_rank(anna, "kicked")
    states = [one["new_chat_member"]["status"] for one in await bot.drain("chat_member")]
    assert states == ["member", "administrator", "kicked"]
    with pytest.raises(AssertionError, match="has not asked"):
        await group.decline(anna)
