"""Native polls: asked once, answered by their own person once, whatever Telegram does in between."""

from core.db.models.learning import polls
from core.flow.effects import Poll, Say
from core.text.message import plain
from services.learning import run_lookup
from services.learning.runs import effects
from tests.bots.admin.desk import ADMIN, Call
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, assignment, lesson

CAPITAL = Poll(plain("2 < 3 & <b>"), (plain("Yes"), plain("No")), correct=0)


async def ask(room: Room, poll: Poll, step: str = "task1") -> Call:
    """Have a run's visit ask a poll; gives what Telegram got."""
    async with room.db.unit(1) as uow:
        run = await run_lookup.load_run(uow, 1)
        await effects.perform(uow, run, [Say(poll=poll, step=step, visit=1, part=9)], may_ask=False)
    (call,) = await room.desk.deliver()
    return call


async def test_a_quiz_is_asked_plainly_and_of_her_alone(room: Room) -> None:
    await room.open(assignment(stop=True))
    asked = await ask(room, CAPITAL)
    assert asked.method == "sendPoll"
    assert dict(asked.fields) == {
        "chat_id": ANNA,
        "question": "2 < 3 & <b>",
        "options": [{"text": "Yes"}, {"text": "No"}],
        "is_anonymous": False,
        "allows_revoting": False,
        "allows_multiple_answers": False,
        "type": "quiz",
        "correct_option_ids": [0],
    }
    (known,) = await room.rows(polls)
    assert (known.poll_id, known.run_id, known.visit) == (f"poll{asked.message_id}", 1, 1)


async def test_an_opinion_has_no_right_answer(room: Room) -> None:
    await room.open(assignment(stop=True))
    asked = await ask(room, Poll({"ru": "Что?", "en": "What?"}, (plain("A"), plain("B")), multiple=True))
    assert asked.fields["question"] == "What?"
    assert asked.fields["allows_multiple_answers"] is True
    assert not {"type", "correct_option_ids"} & asked.fields.keys()


async def test_words_too_long_for_a_poll_are_cut_as_telegram_counts(room: Room) -> None:
    await room.open(assignment(stop=True))
    asked = await ask(room, Poll(plain("🙂" * 200), (plain("о" * 101), plain("B"))))
    assert asked.fields["question"] == "🙂" * 149 + "…"
    assert asked.fields["options"][0]["text"] == "о" * 99 + "…"


async def test_a_refused_poll_and_a_blocked_chat_break_nothing(room: Room) -> None:
    await room.open(assignment(stop=True))
    room.desk.blocked.add(ANNA)
    async with room.db.unit(1) as uow:
        run = await run_lookup.load_run(uow, 1)
        await effects.perform(uow, run, [Say(poll=CAPITAL, step="x", visit=1)], may_ask=False)
    assert await room.desk.deliver() == []
    assert await room.rows(polls) == []


async def test_a_vote_in_a_poll_nobody_knows_is_nothing(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    stray = Call(room.last(ANNA, "Lesson 1").bot, "sendPoll", ANNA, {}, 77)
    for who in (ANNA, ADMIN, 900_900):
        assert await room.desk.vote(stray, 0, who=who) == []
