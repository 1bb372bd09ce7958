"""The course by modules: scores, the ways between them, and what an admin may do about a step."""

import pytest

from core.db.models.learning import runs
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, lesson

BACK, AGAIN, ON = "◀️ Back to Words", "🔁 Rules once more", "▶️ On to Rules"


def quiz(key: str) -> dict[str, object]:
    answers = [
        {"text": "right" * 25, "correct": True},
        {"text": "wrong" * 25},
    ]  # too long for a poll's option
    return {"key": key, "type": "quiz", "text": f"Question {key}", "answers": answers}


@pytest.fixture
async def course(room: Room) -> Room:
    await room.open(quiz("Words_1"), quiz("Words_2"), quiz("Rules_1"), quiz("More_1"))
    return room


async def test_a_course_without_modules_says_so(room: Room) -> None:
    await room.open(lesson(1))
    assert await room.say("/modules") == [
        "This course has no modules. /lessons shows the lessons you have had."
    ]


async def test_there_is_a_way_to_where_she_has_been_alone(course: Room) -> None:
    (shown,) = await course.say("/modules")
    assert shown == "<b>Course words</b>, module by module:\n\n👉 Words\nRules\nMore"
    assert list(course.seen(ANNA)[-1].buttons) == ["🔁 Words once more"]
    await course.press("1")
    await course.press("2")
    (shown,) = await course.say("/modules")
    assert shown == "<b>Course words</b>, module by module:\n\nWords: 1 of 2\n👉 Rules\nMore"
    assert list(course.seen(ANNA)[-1].buttons) == [BACK, AGAIN]
    (asked,) = await course.press(BACK)
    assert "Question Words_1" in asked
    assert "Score: 1 of 2" in (await course.say("/progress"))[0]
    await course.say("/modules")
    assert list(course.seen(ANNA)[-1].buttons) == ["🔁 Words once more", ON]


async def test_a_button_of_before_leads_nowhere(course: Room) -> None:
    await course.press("1")
    await course.press("1")
    await course.say("/modules")
    await course.say("/modules")
    await course.press(BACK)
    assert await course.press(BACK) == []


async def test_an_admin_opens_skips_and_sends_back(course: Room) -> None:
    await course.desk.write(f"/skip {ANNA}", ADMIN)
    assert [row.state["here"]["step"] for row in await course.rows(runs)] == ["Words_2"]
    await course.desk.write(f"/sendback {ANNA} More_1", ADMIN)
    assert [row.state["here"]["step"] for row in await course.rows(runs)] == ["More_1"]
    for wrong in ("/sendback", f"/sendback {ANNA}", f"/sendback {ANNA} Nowhere_1"):
        await course.desk.write(wrong, ADMIN)
    assert [row.state["here"]["step"] for row in await course.rows(runs)] == ["More_1"]
    await course.desk.write(f"/skip {ANNA}", ADMIN)
    assert [row.status for row in await course.rows(runs)] == ["completed"]


async def test_all_lessons_open_at_once(room: Room) -> None:
    await room.open(*(lesson(n, complete="auto") for n in (1, 2, 3)))
    await room.desk.write(f"/openall {ANNA}", ADMIN)
    await room.desk.deliver()
    assert [one.text for one in room.seen(ANNA) if one.text.startswith("Lesson")] == [
        "Lesson 1",
        "Lesson 2",
        "Lesson 3",
    ]


async def test_who_writes_something_else_is_told_what_is_awaited(course: Room) -> None:
    (told,) = await course.say("What?")
    assert told == "Please press one of the buttons under the message above."
