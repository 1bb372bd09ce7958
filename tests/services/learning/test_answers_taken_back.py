"""A reviewer takes an answer back: it leaves the student, what it answered waits, and the right one follows."""

from typing import Any

import pytest

from core.db.models.delivery import carried
from core.db.models.learning import questions
from core.db.session import Database
from core.text.catalog import say
from services.delivery import inbox
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import PIECES, Room, assignment, lesson

BACK = say("button-answer-back", "en")
WORK = "Here is my work, one thought in each sentence."


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    room = Room(db, clock, Desk(db))
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    return room


def card(room: Room, sign: str = "📝") -> Call:
    return next(one for one in room.seen(ADMIN) if sign in one.text)


def gone(room: Room) -> list[int]:
    return [one.fields["message_id"] for one in room.seen(ANNA, "deleteMessage")]


def now_says(room: Room, message_id: int) -> Call:
    """A message to the reviewer as it looks now."""
    return [one for one in room.seen(ADMIN) if one.message_id == message_id and one.text][-1]


def told(room: Room) -> Call:
    """The newest word that an answer went out."""
    return [one for one in room.seen(ADMIN, "sendMessage") if BACK in one.buttons][-1]


async def answer(room: Room, sign: str = "📝", **said: Any) -> list[Call]:
    """The reviewer answers; gives what the student has got of it."""
    known = len(room.seen(ANNA))
    await room.reply(card(room, sign), who=ADMIN, **said)
    return room.seen(ANNA)[known:]


@pytest.mark.parametrize("kind", ["voice", "photo"])
async def test_a_wrong_answer_to_work_is_taken_back_and_replaced(room: Room, kind: str) -> None:
    await room.say(WORK)
    brought = await answer(room, **PIECES[kind])
    assert len(brought) == 2, "the words above it are a message of their own"
    await room.press(BACK, ADMIN, told(room))
    assert sorted(gone(room)) == sorted(one.message_id for one in brought)
    shown = now_says(room, told(room).message_id)
    assert shown.text.startswith(say("answer-back-decide", "en"))
    assert BACK not in shown.buttons
    await room.press(say("button-queue-answer", "en"), ADMIN, shown)
    known = len(room.seen(ANNA))
    await room.say(who=ADMIN, **PIECES["voice"])
    assert [one.method for one in room.seen(ANNA)[known:]] == ["sendMessage", "copyMessage"]
    await room.press(say("review-accepted", "en"), ADMIN)
    assert BACK in now_says(room, told(room).message_id).buttons


async def test_after_the_verdict_an_answer_can_still_be_taken_back(room: Room) -> None:
    await room.say(WORK)
    (brought,) = await answer(room, text="Good!")
    await room.press(say("review-accepted", "en"), ADMIN)
    (late,) = await answer(room, text="For somebody else")
    await room.press(BACK, ADMIN)
    assert gone(room) == [late.message_id]
    shown = room.seen(ADMIN)[-1]
    assert shown.text == say("answer-back", "en")
    await room.press(say("button-answer-anew", "en"), ADMIN, shown)
    await room.say("For you", ADMIN)
    assert "For you" in room.seen(ANNA)[-1].text
    decided = [one for one in room.seen(ADMIN) if say("review-undo", "en") in one.buttons][-1]
    await room.press(BACK, ADMIN, decided)
    assert gone(room) == [late.message_id, brought.message_id]


async def test_a_question_whose_answer_is_taken_back_waits_again(room: Room) -> None:
    await room.say("/ask Why so?")
    await answer(room, "❓", **PIECES["voice"])
    asked = card(room, "❓")
    assert "Answered" in now_says(room, asked.message_id).text
    room.clock.advance(seconds=5)
    await room.press(BACK, ADMIN)
    assert len(gone(room)) == 2
    (row,) = await room.rows(questions)
    assert (row.status, row.answered_by, row.claimed_by) == ("asked", None, ADMIN)
    assert say("button-queue-answer", "en") in now_says(room, asked.message_id).buttons
    assert say("answer-back-waits", "en") in [one.text for one in room.seen(ADMIN)]
    await room.press(say("button-answer-anew", "en"), ADMIN)
    room.clock.advance(seconds=5)
    await room.say("Because", ADMIN)
    assert "Because" in room.seen(ANNA)[-1].text
    assert "Answered" in now_says(room, asked.message_id).text
    (row,) = await room.rows(questions)
    assert (row.status, row.answered_by) == ("answered", ADMIN)


async def test_of_two_answers_to_a_question_one_may_stand(room: Room) -> None:
    await room.say("/ask Why so?")
    await answer(room, "❓", text="Because")
    await answer(room, "❓", **PIECES["photo"])
    await room.press(BACK, ADMIN)
    (row,) = await room.rows(questions)
    assert row.status == "answered"


async def test_an_album_goes_as_a_whole(room: Room) -> None:
    await room.say(WORK)
    for _ in range(2):
        await room.reply(card(room), who=ADMIN, media_group_id="77", **PIECES["photo"])
    room.clock.advance(seconds=1)
    (album,) = [one for one in await room.desk.deliver() if one.chat == ANNA]
    await room.press(BACK, ADMIN)
    assert {album.message_id, album.message_id + 1} < set(gone(room))
    assert all(row.taken_back_at for row in await room.rows(carried, side="reviewer"))


async def test_what_has_not_left_never_does(room: Room) -> None:
    await room.say(WORK)
    await answer(room, text="Good!")
    wrong = room.desk.message(ADMIN, reply_to_message=_quoted(room, card(room)), **PIECES["photo"])
    await room.desk.receive(COURSE_BOT, {"message": wrong | {"media_group_id": "78"}})
    while await inbox.drain(room.db, [COURSE_BOT], room.desk._work):
        pass
    await room.desk.deliver()  # an album waits a second for its pieces
    known = len(room.seen(ANNA))
    await room.press(BACK, ADMIN, told(room))
    room.clock.advance(seconds=2)
    await room.desk.deliver()
    assert {one.method for one in room.seen(ANNA)[known:]} == {"deleteMessage"}, "of the words above it"


async def test_it_is_said_when_telegram_takes_nothing_back(room: Room) -> None:
    await room.say(WORK)
    await answer(room, text="Good!")
    room.clock.advance(hours=48, seconds=1)
    await room.press(BACK, ADMIN)
    assert room.desk.alerts[-1] == say("error-answer-too-old", "en")
    assert gone(room) == []
    await answer(room, text="Better!")
    room.desk.refusing[ANNA] = "Bad Request: message can't be deleted"
    await room.press(BACK, ADMIN, told(room))
    why = {"why": room.desk.refusing[ANNA]}
    assert say("answer-back-refused", "en", why) in [one.text for one in room.seen(ADMIN)]


async def test_a_second_press_says_so(room: Room) -> None:
    await room.say(WORK)
    await answer(room, text="Good!")
    shown = told(room)
    for _ in range(2):
        await room.press(BACK, ADMIN, shown)
    assert room.desk.alerts[-1] == say("error-answer-gone", "en")
    assert len(gone(room)) == 1


def _quoted(room: Room, to: Call) -> dict[str, Any]:
    bot = {"id": to.bot, "is_bot": True, "first_name": "Bot"}
    return room.desk.message(ADMIN, text="-") | {"message_id": to.message_id, "from": bot}
