"""Questions to the curator."""

import pytest

from core.db.models.learning import questions
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import PIECES, SECOND, Room, assignment, lesson

ASKED = "The curator has your question. The answer will come here."


async def ask(room: Room, text: str = "Why?") -> None:
    await room.say("/ask")
    assert await room.say(text) == [ASKED]


async def test_the_next_message_is_the_question_and_goes_to_every_reviewer(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await ask(room)
    for who in (ADMIN, SECOND):
        card, copy = room.seen(who)[-2:]
        assert "❓" in card.text
        assert (copy.method, copy.text) == ("sendMessage", "Why?")
    (row,) = await room.rows(questions)
    assert (row.status, row.text) == ("asked", "Why?")


async def test_the_answer_quotes_the_question_and_settles_every_card(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await ask(room)
    (row,) = await room.rows(questions)
    card = room.last(ADMIN, "❓")
    assert await room.reply(card, "Because <b>so</b>", ADMIN) == [
        card.text + "\n\n✅ Answered by P1001",
        "Your answer went to the student.",
    ]
    answer = room.seen(ANNA)[-1]
    assert answer.text == "💬 P1001, your curator, about your question:\n\nBecause <b>so</b>"
    assert answer.fields["reply_parameters"]["message_id"] == row.pieces[0]["message_id"]
    edited = room.seen(SECOND)[-1]
    assert (edited.method, "Answered by P1001" in edited.text) == ("editMessageText", True)


async def test_a_reply_to_the_copy_is_an_answer_too_and_a_voice_is_copied(room: Room) -> None:
    await room.open(lesson(1))
    await ask(room)
    await room.reply(room.seen(ADMIN)[-1], who=ADMIN, **PIECES["voice"])
    heading, copy = room.seen(ANNA)[-2:]
    assert heading.text == "💬 P1001, your curator, about your question:"
    assert (copy.method, copy.fields["from_chat_id"]) == ("copyMessage", ADMIN)


async def test_who_answered_may_add_and_another_reviewer_is_told(room: Room) -> None:
    await room.open(lesson(1))
    await ask(room)
    card, other = room.last(ADMIN, "❓"), room.last(SECOND, "❓")
    await room.reply(card, "One", ADMIN)
    assert await room.reply(other, "Two", SECOND) == ["This question has been answered already by P1001."]
    await room.reply(card, "Three", ADMIN)
    told = [one.text for one in room.seen(ANNA) if "💬" in one.text]
    assert [one[-5:].strip() for one in told] == ["One", "Three"]


async def test_a_reply_to_an_answer_is_one_more_question(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await ask(room)
    await room.reply(room.last(ADMIN, "❓"), "So", ADMIN)
    assert await room.reply(room.seen(ANNA)[-1], "And then?") == [ASKED]
    assert [row.text for row in await room.rows(questions)] == ["Why?", "And then?"]


async def test_an_open_question_comes_before_the_waiting_run_and_a_reply_before_both(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    task = room.last(ANNA, "Task 1")
    await room.say("/ask")
    assert await room.reply(task, "My work") == ["The curator has your work. The answer will come here."]
    assert await room.say("And why?") == [ASKED]
    assert await room.say("More of my work") == ["Added to your work, the curator will see it."]


async def test_the_button_under_a_lesson_and_under_the_fallback(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    assert (await room.press("❓ Ask"))[0].startswith("Write your question")
    await room.press("Not now")
    assert room.desk.alerts[-1] == "All right. You can ask any time: /ask"
    assert await room.say("Hm") == ["I am not expecting anything now. The next lesson: 8 January, 12:00"]
    assert (await room.press("❓ Ask"))[0].startswith("Write your question")
    assert await room.say("Why?") == [ASKED]


async def test_an_hour_later_what_she_writes_is_no_question(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.say("/ask")
    await room.pass_time(minutes=61)
    assert await room.say("My work") == ["The curator has your work. The answer will come here."]


async def test_asking_twice_opens_one_question(room: Room) -> None:
    await room.open(lesson(1))
    await room.say("/ask")
    await room.say("/ask")
    assert await room.say("Why?") == [ASKED]
    assert await room.say("Why?") != [ASKED]


async def test_a_question_in_the_command_itself(room: Room) -> None:
    await room.open(lesson(1))
    assert await room.say("/ask Why so?") == [ASKED]
    assert [row.text for row in await room.rows(questions)] == ["Why so?"]


@pytest.mark.parametrize("kind", PIECES)
async def test_any_kind_of_message_is_a_question(room: Room, kind: str) -> None:
    await room.open(lesson(1), reviewers=1)
    await room.say("/ask")
    assert await room.say(**PIECES[kind]) == [ASKED]
    assert room.seen(ADMIN)[-1].method == "copyMessage"


async def test_an_album_is_one_question(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say("/ask")
    heard = [await room.say(**PIECES["photo"], media_group_id="a") for _ in range(3)]
    assert heard == [[ASKED], [], []]
    assert sum("❓" in one.text for one in room.seen(ADMIN)) == 1
    room.clock.advance(seconds=1)
    (album,) = await room.desk.deliver()
    assert (album.chat, album.method, len(album.fields["media"])) == (ADMIN, "sendMediaGroup", 3)
    (row,) = await room.rows(questions)
    assert len(row.pieces) == 3


async def test_a_tariff_may_say_no(room: Room) -> None:
    await room.open(lesson(1), rights=("feedback",))
    assert await room.say("/ask") == ["Your tariff does not include questions to the curator."]
    assert "❓ Ask" not in room.seen(ANNA)[0].buttons
