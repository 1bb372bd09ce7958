"""The curators' queue: taken by one, answered once, passed on, given back by a press or by silence."""

import pytest

from core.db.models.learning import questions, reviews, submissions
from core.roles import MemberRole
from core.text.catalog import say
from services.tenancy.members import add_member, remove_member
from tests.bots.admin.desk import ADMIN
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_heard
from tests.services.learning.room import PIECES, SECOND, Room, assignment, lesson

CURATOR = 1077  # with no other role


@pytest.fixture
async def course(room: Room) -> Room:
    """Work waits, and before it a question."""
    await room.open(lesson(1), assignment(stop=True))
    async with room.db.unit(1) as uow:
        await add_member(uow, CURATOR, MemberRole.CURATOR)
    await room.desk.write("/start", CURATOR, COURSE_BOT)
    await room.say("/ask Why?")
    room.clock.advance(minutes=5)
    await room.say("Here is my work")
    return room


async def queue_of(room: Room, who: int) -> str:
    (shown,) = await room.say("/review", who)
    return shown


async def test_what_waits_longest_stands_first_and_each_is_taken_with_all_of_it(course: Room) -> None:
    shown = await queue_of(course, CURATOR)
    assert "Waiting: 2" in shown
    assert shown.index("Why?") < shown.index("Task 1")
    _, _, card, piece = await course.press("2", CURATOR)  # the older card is redrawn, and loses its buttons
    assert ("📝" in card, piece) == (True, "Here is my work")
    assert f"With P{CURATOR} until" in card
    assert "Waiting: 2" in await queue_of(course, ADMIN)
    assert f"👤 with P{CURATOR}" in await queue_of(course, ADMIN)


@pytest.mark.parametrize("piece", ["voice", "video_note", "photo", "document"])
async def test_an_answer_in_any_form_goes_to_the_student_and_the_verdict_is_still_due(
    course: Room, piece: str
) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    await course.press("✍️ Answer", CURATOR)
    before = len(course.seen(ANNA))
    told = await course.say(who=CURATOR, **PIECES[piece])
    assert [one for one in told if "And the work itself?" in one]
    assert "copyMessage" in {one.method for one in course.seen(ANNA)[before:]}
    await course.say("Something else", CURATOR)  # goes to nobody
    assert course.seen(ANNA)[-1].text != "Something else"
    await course.press("✅ Accept", CURATOR)
    (row,) = await course.rows(submissions)
    assert (row.status, row.claimed_by) == ("accepted", None)


async def test_two_do_not_have_the_same_and_the_second_reads_who_has_it(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    await queue_of(course, ADMIN)
    assert await course.press("2", ADMIN) == []
    assert course.desk.alerts[-1].startswith(f"P{CURATOR} has this until")
    card = next(one for one in course.seen(ADMIN) if "✅ Accept" in one.buttons)
    assert await course.press("✅ Accept", ADMIN, card) == []
    assert await course.reply(card, "Well done", ADMIN) != []
    assert "Well done" not in [one.text for one in course.seen(ANNA)]
    (row,) = await course.rows(submissions)
    assert (row.status, row.claimed_by) == ("in_review", CURATOR)


async def test_silence_gives_it_back_and_says_so_and_an_answer_prolongs_it(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    await course.pass_time(hours=1)
    await course.press("✍️ Answer", CURATOR)
    await course.say("A first remark", CURATOR)
    await course.pass_time(hours=1, minutes=30)
    assert not [one for one in course.seen(CURATOR) if "The time is over" in one.text]
    await course.pass_time(minutes=31)
    told = course.last(CURATOR, "The time is over")
    assert "Task 1" in told.text
    (row,) = await course.rows(submissions)
    assert (row.status, row.claimed_by) == ("in_review", None)
    await course.press("👋 Take it", CURATOR, told)
    (row,) = await course.rows(submissions)
    assert row.claimed_by == CURATOR


async def test_it_is_passed_on_with_all_of_it_or_given_back(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    await course.press("➡️ Pass on", CURATOR)
    before = len(course.seen(SECOND))
    await course.press(f"P{SECOND}", CURATOR)
    came = [one.text for one in course.seen(SECOND, "sendMessage")][-3:]
    assert len(course.seen(SECOND)) > before
    assert came[0] == f"➡️ P{CURATOR} passes this on to you:"
    assert ("📝" in came[1], came[2]) == (True, "Here is my work")
    (row,) = await course.rows(submissions)
    assert row.claimed_by == SECOND
    await course.press("↩️ Give back", SECOND)
    (row,) = await course.rows(submissions)
    assert (row.claimed_by, row.status) == (None, "in_review")


@pytest.mark.parametrize("answer", ["Yes", "No"])
async def test_a_rejection_is_asked_about_once_more(course: Room, answer: str) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    await course.press("🚫 Reject", CURATOR)
    (row,) = await course.rows(submissions)
    assert row.status == "in_review"
    await course.press("🚫 Reject" if answer == "Yes" else say("button-no", "en"), CURATOR)
    (row,) = await course.rows(submissions)
    assert row.status == ("rejected" if answer == "Yes" else "in_review")
    assert len(await course.rows(reviews)) == (1 if answer == "Yes" else 0)


async def test_a_question_is_taken_answered_and_listed_with_its_lesson(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("1", CURATOR)
    await course.press("✍️ Answer", CURATOR)
    await course.say("Because", CURATOR)
    assert "Because" in course.seen(ANNA)[-1].text
    (row,) = await course.rows(questions)
    assert (row.status, row.answered_by, row.claimed_by) == ("answered", CURATOR, None)
    (work,) = await course.rows(submissions)
    heard = await read_heard(course.db, "reviews")
    put, handed_in = ("question", row.id), ("submission", work.id)
    assert heard == [put, handed_in, put, put, put], "asked, handed in; taken, had for longer, answered"
    await queue_of(course, CURATOR)
    (answered,) = await course.press("Answered", CURATOR)
    assert f"answered by P{CURATOR}" in answered
    (lessons,) = await course.press("By lesson", CURATOR)
    assert "Title 1: wait 0, answered 1" in lessons


async def test_the_oldest_that_is_free_is_one_press_away(course: Room) -> None:
    await queue_of(course, CURATOR)
    (card, *_) = await course.press("👋 Take the oldest", CURATOR)
    assert "❓" in card
    await queue_of(course, SECOND)
    (card, *_) = await course.press("👋 Take the oldest", SECOND)
    assert "📝" in card
    await queue_of(course, ADMIN)
    assert await course.press("👋 Take the oldest", ADMIN) == []
    assert course.desk.alerts[-1] == say("queue-none-free", "en")
    (mine,) = await course.press("Mine", ADMIN)
    assert "You have nothing before you" in mine


async def test_a_late_verdict_of_who_gave_it_back_by_silence_still_counts_once(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    card = [one for one in course.seen(CURATOR) if "✅ Accept" in one.buttons][-1]
    await course.pass_time(hours=3)
    await course.press("✅ Accept", CURATOR, card)
    await course.press("✏️ Needs work", SECOND)
    (row,) = await course.rows(submissions)
    assert row.status == "accepted"
    assert [one.reviewer_id for one in await course.rows(reviews)] == [CURATOR]


async def test_what_somebody_has_who_may_review_no_more_is_everybodys_again(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("1", CURATOR)
    await course.press("2", CURATOR)
    async with course.db.unit(1) as uow:
        await remove_member(uow, CURATOR, MemberRole.CURATOR)
    for table in (submissions, questions):
        assert [row.claimed_by for row in await course.rows(table)] == [None]
    await course.desk.deliver()
    assert "With" not in course.last(ADMIN, "Task 1").text


async def test_a_button_of_what_waits_no_more_says_so(course: Room) -> None:
    await queue_of(course, CURATOR)
    await course.press("2", CURATOR)
    shown = course.last(CURATOR, "Task 1")
    await course.press("✅ Accept", CURATOR)
    known = len(course.desk.alerts)
    await course.press("✍️ Answer", CURATOR, shown)
    assert course.desk.alerts[known:]
