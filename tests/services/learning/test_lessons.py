"""Progress, and delivered lessons to leaf through."""

from core.db.models.learning import run_steps
from services.people.consents import VERSION
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA, add_consent, add_contact
from tests.services.learning.room import Room, assignment, lesson

DONE = "✅ Done"
HAND_IN = "📝 Hand in"


async def test_progress_counts_lessons_done_and_works(room: Room) -> None:
    await room.open(lesson(1), assignment(1), lesson(2), assignment(2), lesson(3), lesson(4))
    await room.press(DONE)
    await room.say("My work")
    await room.pass_time(days=1)
    (said,) = await room.say("/progress")
    assert "▰▰▰▰▰▱▱▱▱▱ 2 of 4" in said
    assert "Marked as done: 1" in said
    assert "Task 1 – with the curator\nTask 2 – waits for you" in said
    assert "The next lesson: 9 January, 12:00" in said


async def test_progress_says_that_an_exercise_holds_the_course(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2))
    assert "opens when the curator has accepted your exercise" in (await room.say("/progress"))[0]


async def test_automatic_answers_count_as_handed_in(room: Room) -> None:
    await room.open(lesson(1), assignment(), lesson(2), rights=())
    await room.say("My work")
    assert "Task 1 – handed in" in (await room.say("/progress"))[0]


async def test_a_verdict_shows_in_the_progress(room: Room) -> None:
    await room.open(lesson(1), assignment(), lesson(2))
    await room.say("My work")
    await room.press("✏️ Needs work", ADMIN)
    assert "Task 1 – needs more work" in (await room.say("/progress"))[0]
    await room.say("Better")  # so few words may be a question: they say which
    assert "Task 1 – needs more work" in (await room.say("/progress"))[0]
    await room.press(HAND_IN)
    assert "Task 1 – with the curator" in (await room.say("/progress"))[0]


async def test_the_end_says_what_has_been_done_and_where_it_stays(room: Room) -> None:
    await room.open(lesson(1), lesson(2), {"key": "end", "type": "end", "text": "The end"})
    heard = await room.pass_time(days=1)
    assert heard[:2] == ["Lesson 2", "The end"]
    assert "▰▰▰▰▰▰▰▰▰▰ 2 of 2" in heard[2]
    assert "📚 Lessons" in room.seen(ANNA)[-1].buttons


async def test_only_delivered_lessons_are_listed(room: Room) -> None:
    await room.open(lesson(1), lesson(2), lesson(3))
    await room.pass_time(days=1)
    await room.press(DONE)
    assert await room.say("/lessons") == ["Your lessons: 2 of 3. Press one and I send it again."]
    assert list(room.seen(ANNA)[-1].buttons) == ["1. Title 1", "✅ 2. Title 2"]


async def test_a_lesson_is_said_again_once_per_press_with_its_neighbours(room: Room) -> None:
    two = [{"text": "First part"}, {"text": "Second part"}]
    await room.open(lesson(1), lesson(2, messages=two), lesson(3), lesson(4))
    await room.pass_time(days=1)
    await room.pass_time(days=1)
    await room.say("/lessons")
    for _ in range(2):
        assert await room.press("2. Title 2") == ["First part", "Second part"]
    assert list(room.seen(ANNA)[-1].buttons) == [DONE, "◀ 1", "▶ 3", "📚 Lessons"]
    assert await room.press("▶ 3") == ["Lesson 3"]
    assert list(room.seen(ANNA)[-1].buttons) == [DONE, "◀ 2", "📚 Lessons"]
    assert await room.press("📚 Lessons") == ["Your lessons: 3 of 4. Press one and I send it again."]


async def test_a_repeated_lesson_can_be_marked_as_done(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.say("/lessons")
    await room.press("1. Title 1")
    await room.press(DONE)
    await room.say("/lessons")
    await room.press("✅ 1. Title 1")
    assert DONE not in room.seen(ANNA)[-1].buttons


async def test_many_lessons_come_in_pages_that_turn_in_place(room: Room) -> None:
    await room.open(*(lesson(number, drip="immediately") for number in range(1, 12)))
    await room.say("/lessons")
    assert list(room.seen(ANNA)[-1].buttons)[-2:] == ["8. Title 8", "▶"]
    await room.press("▶")
    turned = room.seen(ANNA)[-1]
    assert turned.method == "editMessageText"
    assert list(turned.buttons) == ["9. Title 9", "10. Title 10", "11. Title 11", "◀"]


async def test_a_button_of_somebody_else_opens_nothing(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.say("/lessons")
    hers = room.seen(ANNA)[-1]
    async with room.db.unit(1) as uow:
        ben = await add_contact(uow, 500_002, language="en")
        await add_consent(uow, ben.id, version=VERSION, payload="", given_at=uow.now)
    assert await room.press("1. Title 1", 500_002, hers) == []
    assert room.desk.alerts[-1] == "This button has expired."


async def test_a_lesson_that_was_not_given_cannot_be_opened(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.pass_time(days=1)
    await room.say("/lessons")
    async with room.db.unit(1) as uow:
        await uow.conn.execute(run_steps.delete().where(run_steps.c.step == "day2"))
    assert await room.press("2. Title 2") == []
    assert room.desk.alerts[-1] == "This is gone."


async def test_without_a_course_there_is_nothing_to_show(room: Room) -> None:
    await room.open(lesson(1), rights=None)
    for command in ("/progress", "/lessons", "/ask"):
        assert await room.say(command) == ["This needs a payment first."]


async def test_any_other_command_is_explained_and_is_no_homework(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    (said,) = await room.say("/help")
    assert "/lessons" in said
    assert not any("📝" in one.text for one in room.seen(ADMIN))
