"""Elements through the house: votes, marks, digits, tests and revisions, with what lands in the history."""

from typing import Any

from core.db.models.learning import run_steps, runs
from core.flow.run import load_run_state
from core.flow.scoring import Score
from tests.bots.admin.desk import Call
from tests.factories.persons import ANNA
from tests.services.learning.room import Room

QUIZ = {
    "key": "q_1",
    "type": "quiz",
    "text": "*Capital?*",
    "parse_mode": "MARKDOWN",
    "answers": [{"text": "Paris", "correct": True, "feedback": "*Yes*"}, {"text": "Rome", "feedback": "No"}],
}
MARKS = {
    "key": "q_2",
    "type": "multi_choice",
    "text": "x" * 301,
    "answers": [{"text": "two", "correct": True}, {"text": "three", "correct": True}, {"text": "four"}],
    "feedback_correct": "All primes",
}
DIGITS = {"key": "q_3", "type": "input", "text": "1, 2, …", "correct_answer": "123", "input_type": "sequence"}
SUM = {
    "key": "sum",
    "type": "test",
    "text": "{score}/{maxscore}",
    "prefix": "q_",
    "score": {"20": "A", "100": "B"},
}
AGAIN = {"key": "again", "type": "revision", "text": "Again", "prefix": "q_", "no_mistakes": "No mistakes"}


def markup(call: Call) -> list[str]:
    return [one["text"] for row in call.fields["reply_markup"]["inline_keyboard"] for one in row]


async def scores_of(room: Room) -> dict[str, Score]:
    (run,) = await room.rows(runs)
    return dict(load_run_state(run.state).scores)


async def test_a_quiz_is_voted_in_and_its_feedback_has_markup(room: Room) -> None:
    await room.open(QUIZ, {**DIGITS, "key": "next"})
    asked = room.seen(ANNA, "sendPoll")[-1]
    assert asked.fields["question"] == "Capital?"
    calls = await room.desk.vote(asked, 0, who=ANNA)
    assert [one.text for one in calls] == ["<b>Yes</b>", "1, 2, …"]
    assert await room.desk.vote(asked, 1, who=ANNA) == []
    assert await scores_of(room) == {"q_1": Score(1, 1)}
    (kept,) = await room.rows(run_steps, step="q_1", event="left")
    assert (kept.answer, kept.score, kept.max_score) == ("Paris", 1, 1)


async def test_marks_are_redrawn_under_the_question(room: Room) -> None:
    await room.open(MARKS)
    asked = room.seen(ANNA)[-1]
    assert markup(asked) == ["☐ two", "☐ three", "☐ four"]
    await room.press("☐ three", holder=asked)
    drawn = room.seen(ANNA, "editMessageReplyMarkup")[-1]
    assert drawn.fields["message_id"] == asked.message_id
    assert markup(drawn) == ["☐ two", "☑ three", "☐ four", "✓ Done"]
    await room.press("☐ two", holder=drawn)
    drawn = room.seen(ANNA, "editMessageReplyMarkup")[-1]
    assert (await room.press("✓ Done", holder=drawn))[0] == "All primes"
    assert await scores_of(room) == {"q_2": Score(1, 1)}


async def test_mistakes_are_summed_up_and_repeated(room: Room) -> None:
    await room.open(QUIZ, DIGITS, SUM, AGAIN, {**SUM, "key": "sum2"})
    await room.desk.vote(room.seen(ANNA, "sendPoll")[-1], 1, who=ANNA)
    heard = await room.say("1 2 3")
    assert heard[:2] == ["1/2\n\nB", "Again"]
    calls = await room.desk.vote(room.seen(ANNA, "sendPoll")[-1], 0, who=ANNA)
    assert [one.text for one in calls][:2] == ["<b>Yes</b>", "1, 2, …"]
    assert (await room.say("3 2 1"))[0] == "1/2\n\nB"


async def test_a_photo_instead_of_digits_is_told_what_is_expected(room: Room) -> None:
    await room.open(DIGITS)
    assert await room.say("", photo=PHOTO) == [EXPECTS]
    assert await room.say("y" * 4000 + " 1 2 3") != [EXPECTS]
    assert await scores_of(room) == {"q_3": Score(1, 1)}


PHOTO: Any = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
EXPECTS = "I expect an answer in digits here, in one message, for example 1, 2, 3."
