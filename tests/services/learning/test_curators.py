"""Who may answer in a review group: nobody is passed over in silence, and an admin lets somebody with one button."""

from dataclasses import replace
from typing import Any

import pytest

from core.db.models.delivery import carried
from core.db.models.learning import questions
from core.db.models.tenancy import members
from tests.bots.admin.desk import ADMIN, Call
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, assignment, lesson

GROUP, NOBODY = -1009, 1077
ACCEPT = "✅ Accept"
ANONYMOUS = 1087968824


@pytest.fixture
async def card(room: Room) -> Call:
    """A card in the review group, whose language is English."""
    room.db.env = replace(room.db.env, review_chat_id=GROUP)
    await room.open(lesson(1), assignment(stop=True))
    await room.desk.rank(COURSE_BOT, GROUP, "administrator")
    await room.say("Here is my work")
    return next(one for one in room.seen(GROUP) if "📝" in one.text)


def reply_to(room: Room, card: Call, who: int, **body: Any) -> dict[str, Any]:
    """Somebody's reply to the card in the group."""
    bot = {"id": card.bot, "is_bot": True, "first_name": "Bot"}
    replied = {**room.desk.in_group(GROUP, who, text="-"), "message_id": card.message_id, "from": bot}
    return room.desk.in_group(GROUP, who, reply_to_message=replied, **body)


async def answer(room: Room, card: Call, who: int, text: str = "Well done", **more: Any) -> list[Call]:
    """Somebody replies to the card in the group."""
    return await room.desk.send(COURSE_BOT, {"message": reply_to(room, card, who, text=text, **more)})


async def test_who_may_not_answer_is_told_who_may(room: Room, card: Call) -> None:
    (told,) = await answer(room, card, NOBODY)
    assert told.chat == GROUP
    assert told.text.startswith("P1077, this has not reached the student")
    assert "P1001" in told.text
    assert list(told.buttons) == ["Let P1077 review"]


async def test_one_button_of_an_admin_lets_her_answer(room: Room, card: Call) -> None:
    (told,) = await answer(room, card, NOBODY)
    assert await room.desk.press_in_group("Let P1077 review", NOBODY, told) == []
    assert room.desk.alerts[-1] == "Only an admin can do this."
    (changed,) = await room.desk.press_in_group("Let P1077 review", ADMIN, told)
    assert "may answer work and questions now" in changed.text
    assert [(row.telegram_id, row.role) for row in await room.rows(members)] == [(NOBODY, "curator")]
    came = await answer(room, card, NOBODY)
    assert any("Well done" in one.text for one in came if one.chat == ANNA)
    await room.desk.press_in_group(ACCEPT, NOBODY, card)
    assert "accepted" in room.last(ANNA, "accepted").text
    await room.desk.press_in_group("Take it back", ADMIN, changed)
    assert await room.rows(members) == []
    room.clock.advance(minutes=1)
    (again,) = await answer(room, card, NOBODY)
    assert "has not reached" in again.text


async def test_a_press_of_who_may_not_is_explained_to_her_and_once_a_day_to_the_group(
    room: Room, card: Call
) -> None:
    (told,) = await room.desk.press_in_group(ACCEPT, NOBODY, card)
    assert room.desk.alerts[-1] == "Work is decided by P1001, P1009. An admin can let you review too."
    assert list(told.buttons) == ["Let P1077 review"]
    assert await room.desk.press_in_group(ACCEPT, NOBODY, card) == []
    assert len(room.desk.alerts) == 2


async def test_an_anonymous_admin_is_asked_for_her_name(room: Room, card: Call) -> None:
    group = {"id": GROUP, "type": "supergroup", "title": "G"}
    (told,) = await answer(room, card, ANONYMOUS, sender_chat=group)
    assert "Remain anonymous" in told.text
    assert not told.buttons


async def test_words_in_the_group_that_answer_nothing_of_ours_are_left_alone(room: Room, card: Call) -> None:
    assert await room.desk.write_in_group(GROUP, NOBODY, COURSE_BOT, text="Who takes it?") == []


async def test_a_question_is_kept_from_strangers_too(room: Room, card: Call) -> None:
    await room.say("/ask Why?")
    question = next(one for one in room.seen(GROUP) if "❓" in one.text)
    (told,) = await answer(room, question, NOBODY, "So")
    assert "has not reached" in told.text
    (row,) = await room.rows(questions)
    assert row.status == "asked"


async def test_whose_role_was_taken_away_changes_no_answer_either(room: Room, card: Call) -> None:
    (told,) = await answer(room, card, NOBODY)
    (let,) = await room.desk.press_in_group("Let P1077 review", ADMIN, told)
    said = reply_to(room, card, NOBODY, text="Well done")
    await room.desk.send(COURSE_BOT, {"message": said})
    shown = room.last(ANNA, "Well done")
    (edit,) = await room.desk.send(COURSE_BOT, {"edited_message": {**said, "text": "Well done!"}})
    assert (edit.chat, edit.message_id) == (ANNA, shown.message_id)
    await room.desk.press_in_group("Take it back", ADMIN, let)
    came = await room.desk.send(COURSE_BOT, {"edited_message": {**said, "text": "Pay me instead"}})
    assert [one.chat for one in came] == [GROUP]
    assert "has not reached the student" in came[0].text
    [kept] = [row for row in await room.rows(carried) if row.side == "reviewer"]
    assert kept.content["text"] == "Well done!"


@pytest.mark.parametrize("who", [NOBODY, ANONYMOUS])
async def test_one_who_may_not_cannot_fill_the_group_with_explanations(
    room: Room, card: Call, who: int
) -> None:
    more = {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "G"}} if who == ANONYMOUS else {}
    for _ in range(30):
        await room.desk.receive(COURSE_BOT, {"message": reply_to(room, card, who, text="Hi", **more)})
    assert len(await room.desk.work_off()) == 1
    room.clock.advance(minutes=1)
    assert len(await answer(room, card, who, **more)) == 1


async def test_in_a_group_that_is_nothing_of_ours_strangers_hear_nothing(room: Room, card: Call) -> None:
    foreign = -1007770001
    await room.desk.rank(COURSE_BOT, foreign, "administrator")
    assert await room.desk.write_in_group(foreign, NOBODY, COURSE_BOT, text="/language en") == []
    assert len(await room.desk.write_in_group(GROUP, NOBODY, COURSE_BOT, text="/language en")) == 1
    assert len(await room.desk.write_in_group(foreign, ADMIN, COURSE_BOT, text="/language en")) == 1
