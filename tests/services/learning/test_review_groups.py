"""A review group that breaks, is mended, moves: no work is lost, the admins know, nobody is told twice."""

from dataclasses import replace

import pytest

from core.db.models.learning import review_cards
from core.groups import Need
from core.lifecycle import BotKind
from services.reactions.group_stories import list_needs, list_places
from tests.bots.admin.desk import ADMIN, Call
from tests.factories.accounts import COURSE_BOT, add_bot
from tests.services.learning.room import SECOND, Room, assignment, lesson

GROUP, HEIR = -1009, -1001009
KICKED = "Forbidden: bot was kicked from the supergroup chat"
RIGHTS = "Bad Request: not enough rights to send text messages to the chat"
CLOSED = "Bad Request: TOPIC_CLOSED"


async def test_the_only_bot_of_an_account_is_asked_for_its_groups(room: Room) -> None:
    async with room.db.unit(1) as uow:
        uow.env = replace(uow.env, review_chat_id=GROUP)
        assert await list_places(uow) == []
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        assert await list_places(uow) == [(COURSE_BOT, GROUP)]
        assert await list_needs(uow, COURSE_BOT, GROUP) == {Need.REVIEW}


async def opened(room: Room) -> None:
    """A course whose work goes to a group, and a student before their task."""
    room.db.env = replace(room.db.env, review_chat_id=GROUP)
    await room.open(lesson(1), assignment(stop=True))


def cards(room: Room, where: int) -> list[Call]:
    return [one for one in room.seen(where, "sendMessage") if "📝" in one.text and "⏰" not in one.text]


def pieces(room: Room, where: int) -> list[str]:
    """What the student wrote, as it stands below the cards."""
    return [one.text for one in room.seen(where) if one.text in {"Here is my work", "More of it", "Why?"}]


def warnings(room: Room, who: int = ADMIN) -> list[str]:
    return [one.text for one in room.seen(who) if "⚠️" in one.text]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (KICKED, "is not in the group"),
        (RIGHTS, "may not write in the group"),
        (CLOSED, "general topic is closed"),
        ("Bad Request: CHANNEL_PRIVATE", "is not in the group"),
        ("Bad Request: CHAT_RESTRICTED", "refuses what"),
        ("Bad Request: message thread not found", "refuses what"),
        ("Forbidden: words that nobody has read yet", "refuses what"),
    ],
)
async def test_what_a_broken_group_refuses_goes_to_the_admins_who_are_told_once(
    room: Room, refusal: str, told: str
) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = refusal
    await room.say("Here is my work")
    await room.say("More of it")
    assert cards(room, GROUP) == []
    for who in (ADMIN, SECOND):
        assert len(cards(room, who)) == 1
        assert pieces(room, who) == ["Here is my work", "More of it"]
        (warning,) = warnings(room, who)
        assert told in warning


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_a_bot_that_was_put_out_says_so_before_any_work_comes(room: Room, status: str) -> None:
    await opened(room)
    await room.desk.rank(COURSE_BOT, GROUP, status)
    assert len(warnings(room)) == 1
    await room.say("Here is my work")
    assert (len(cards(room, GROUP)), len(cards(room, ADMIN))) == (0, 1)


async def test_a_mended_group_is_caught_up_with_what_still_waits(room: Room) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = KICKED
    await room.say("Here is my work")
    await room.say("/ask Why?")
    del room.desk.refusing[GROUP]
    await room.desk.rank(COURSE_BOT, GROUP, "administrator")
    assert len(cards(room, GROUP)) == 1
    assert len([one for one in room.seen(GROUP) if "❓" in one.text]) == 1
    assert pieces(room, GROUP) == ["Here is my work", "Why?"]
    assert "works again" in room.seen(ADMIN)[-1].text
    assert await room.press("✅ Accept", ADMIN)
    assert "Accepted by" in room.seen(GROUP)[-1].text


async def test_what_was_decided_meanwhile_is_shown_as_decided(room: Room) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = KICKED
    await room.say("Here is my work")
    await room.press("✅ Accept", ADMIN)
    del room.desk.refusing[GROUP]
    await room.desk.rank(COURSE_BOT, GROUP, "member")
    assert "Accepted by" in room.seen(GROUP)[-1].text


async def test_a_group_that_is_mended_without_a_word_is_noticed_within_the_hour(room: Room) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = RIGHTS
    await room.say("Here is my work")
    del room.desk.refusing[GROUP]
    await room.pass_time(hours=1, seconds=1)
    assert len(cards(room, GROUP)) == 1
    assert "works again" in room.seen(ADMIN)[-1].text


async def test_a_closed_topic_is_mended_by_opening_it_alone(room: Room) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = CLOSED
    await room.say("Here is my work")
    await room.pass_time(hours=3)
    assert len(warnings(room)) == 1
    del room.desk.refusing[GROUP]
    await room.desk.send(COURSE_BOT, {"message": room.desk.in_group(GROUP, ADMIN, forum_topic_reopened={})})
    assert len(cards(room, GROUP)) == 1


async def test_what_is_refused_in_unknown_words_is_tried_anew_once_the_bot_is_given_rights(
    room: Room,
) -> None:
    await opened(room)
    room.desk.refusing[GROUP] = "Bad Request: CHAT_RESTRICTED"
    await room.say("Here is my work")
    await room.pass_time(hours=3)
    assert len(warnings(room)) == 1
    del room.desk.refusing[GROUP]
    await room.desk.rank(COURSE_BOT, GROUP, "administrator")
    assert (len(cards(room, GROUP)), len(warnings(room))) == (1, 1)


@pytest.mark.parametrize("first", ["from", "to", "seat"])
async def test_a_group_that_became_a_supergroup_is_followed(room: Room, first: str) -> None:
    await opened(room)
    await room.say("Here is my work")
    notes = {
        "to": {"message": room.desk.in_group(GROUP, ADMIN, migrate_to_chat_id=HEIR)},
        "from": {"message": room.desk.in_group(HEIR, ADMIN, migrate_from_chat_id=GROUP)},
    }
    await room.desk.rank(COURSE_BOT, GROUP, "member")
    if first == "seat":
        await room.desk.rank(COURSE_BOT, HEIR, "administrator")
    for name in ("to", "from") if first == "to" else ("from", "to"):
        await room.desk.send(COURSE_BOT, notes[name])
    await room.desk.rank(COURSE_BOT, GROUP, "left")
    assert warnings(room) == []
    assert len(cards(room, HEIR)) == 1
    assert {row.chat_id for row in await room.rows(review_cards) if row.message_id} == {HEIR}
    await room.say("/ask Why?")
    assert [one.chat for one in room.desk.calls if "❓" in one.text] == [HEIR]


async def test_cards_in_a_group_speak_its_language(room: Room) -> None:
    await opened(room)
    await room.desk.rank(COURSE_BOT, GROUP, "administrator")
    await room.say("Here is my work")
    assert "course" in cards(room, GROUP)[0].text
    await room.desk.send(COURSE_BOT, {"message": room.desk.in_group(GROUP, ADMIN, text="/language ru")})
    assert "говорю по-русски" in room.seen(GROUP)[-1].text
    await room.say("/ask Why?")
    assert "Вопрос" in next(one.text for one in room.seen(GROUP) if "❓" in one.text)


async def test_a_card_shows_the_task_as_its_reader_speaks(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True, text={"ru": "Письмо", "en": "A letter"}), reviewers=0)
    async with room.db.unit(1) as uow:
        from tests.factories.persons import add_chat, add_contact

        for who, language in ((ADMIN, "ru"), (SECOND, "en")):
            await add_chat(uow, COURSE_BOT, await add_contact(uow, who, language=language), state="open")
    await room.say("Here is my work")
    await room.pass_time(days=1, minutes=1)
    for who, task in ((ADMIN, "Письмо"), (SECOND, "A letter")):
        assert task in cards(room, who)[0].text
        assert task in room.last(who, "⏰").text
