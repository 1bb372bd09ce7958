"""A pause moves everything by its length: lessons, waits, the end of the access; coming back is one lesson, never a burst."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.db.models.commerce import accesses
from core.db.models.delivery import timers
from core.db.models.learning import runs
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, lesson

DAYS = 6
END = {"key": "end", "type": "end", "text": "Goodbye"}
GO_ON, BACK = "Go on now", "Until I come back"
OVER = say("pause-over", "en")


@pytest.fixture
async def course(room: Room) -> Room:
    """The second lesson has come an hour ago; their access has an end."""
    await room.open(*[lesson(day) for day in range(1, DAYS + 1)], END)
    async with room.db.unit(1) as uow:
        ends_at = room.clock.now() + timedelta(days=30)
        await uow.conn.execute(accesses.update().values(ends_at=ends_at))
    assert await room.pass_time(days=1) == ["Lesson 2"]
    await room.pass_time(hours=1)
    return room


async def ends_at(room: Room) -> datetime:
    return (await room.rows(accesses))[0].ends_at  # type: ignore[no-any-return]


async def test_three_days_and_everything_comes_three_days_later(course: Room) -> None:
    before = await ends_at(course)
    [asked] = await course.say("/pause")
    assert "How long shall the course pause?" in asked
    [told] = await course.press("3 days")
    assert told.startswith("The course is paused until")
    assert await course.pass_time(days=2, hours=23) == []
    assert await course.pass_time(hours=1) == [OVER]
    assert await ends_at(course) == before + timedelta(days=3)
    assert await course.pass_time(hours=22, minutes=59) == []
    assert await course.pass_time(minutes=1) == ["Lesson 3"]
    assert await course.pass_time(days=1) == ["Lesson 4"]
    assert not [one for one in await course.rows(timers) if one.kind == "pause"]


async def test_who_comes_back_after_weeks_gets_one_lesson_and_not_a_burst(course: Room) -> None:
    before = await ends_at(course)
    await course.say("/pause")
    assert await course.press(BACK) == [say("paused-open", "en")]
    assert await course.pass_time(days=20, hours=5) == []
    assert await course.press(GO_ON) == [OVER]
    assert await ends_at(course) == before + timedelta(days=20, hours=5)
    assert await course.pass_time(hours=23) == ["Lesson 3"]
    assert await course.pass_time(hours=23) == []


async def test_an_access_that_would_have_ended_meanwhile_does_not(course: Room) -> None:
    await course.say("/pause")
    await course.press(BACK)
    await course.pass_time(days=60)
    await course.press(GO_ON)
    assert await course.pass_time(hours=23) == ["Lesson 3"]


async def test_whatever_she_does_meanwhile_she_is_told_and_can_go_on(course: Room) -> None:
    await course.say("/pause")
    await course.press(BACK)
    for text in ("/start", "Hello?", "/pause"):
        [told] = await course.say(text)
        assert "The course has been paused since" in told
        assert GO_ON in course.seen(ANNA)[-1].buttons
    assert await course.press(GO_ON) == [OVER]
    await course.press(GO_ON)
    assert course.desk.alerts[-1] == say("pause-is-over", "en")
    assert [row.status for row in await course.rows(runs)] == ["active"]


async def test_a_button_pressed_in_a_pause_says_why_it_does_nothing(course: Room) -> None:
    lesson_2 = course.last(ANNA, "Lesson 2")
    await course.say("/pause")
    await course.press(BACK)
    await course.press("✅ Done", holder=lesson_2)
    assert course.desk.alerts[-1] == say("press-paused", "en")
    await course.press(GO_ON, holder=course.last(ANNA, say("paused-open", "en")))
    assert await course.revoke()
    await course.press("✅ Done", holder=lesson_2)
    assert course.desk.alerts[-1] == say("press-closed", "en")


async def test_progress_in_a_pause_says_until_when_and_asks_for_no_money(course: Room) -> None:
    await course.say("/pause")
    await course.press("3 days")
    [told] = await course.say("/progress")
    assert "2 of 6" in told
    assert "paused until 11 January, 13:00" in told
    assert list(course.seen(ANNA)[-1].buttons) == [GO_ON, "📚 Lessons"]
    assert await course.press(GO_ON) == [OVER]


async def test_an_access_that_ends_in_a_pause_closes_nothing(course: Room) -> None:
    await course.say("/pause")
    await course.press(BACK)
    await course.pass_time(days=60)
    for command in ("/progress", "/lessons"):
        assert "has been paused since" in (await course.say(command))[0]


async def test_who_has_finished_is_promised_no_lesson_and_offered_no_pause(room: Room) -> None:
    await room.open(lesson(1), END)
    assert "The lessons stay with you" in (await room.say("/progress"))[0]
    told = await room.say("What now?")
    assert told == [f"{say('course-fallback', 'en')} {say('progress-finished', 'en')}"]
    assert await room.say("/pause") == [say("pause-not-running", "en"), say("progress-finished", "en")]


async def test_a_course_without_lessons_counts_none(room: Room) -> None:
    await room.open({"key": "hello", "type": "message", "text": "Hello"}, END)
    finished = room.seen(ANNA)[-1]
    assert finished.text == f"<b>Course words</b>\n\n{say('course-finished', 'en')}"
    assert not finished.buttons
    assert await room.say("/progress") == [finished.text]


async def test_the_second_press_pauses_nothing_anew(course: Room) -> None:
    await course.say("/pause")
    holder = course.seen(ANNA)[-1]
    await course.press("7 days", holder=holder)
    await course.press("14 days", holder=holder)
    assert course.desk.alerts[-1] == say("pause-not-running", "en")
    assert await course.pass_time(days=7) == [OVER]


async def test_who_is_in_no_course_is_told_where_to_buy(room: Room) -> None:
    await room.open(lesson(1), rights=None)
    [told] = await room.say("/pause")
    assert "paused" not in told


async def test_an_admin_pauses_and_lets_go_on(course: Room) -> None:
    calls = await course.desk.write(f"/hold {ANNA} 5", ADMIN, COURSE_BOT)
    said = {one.chat: one.text for one in calls}
    assert said[ANNA].startswith("The course is paused until")
    assert "is paused, and a message says so" in said[ADMIN]
    calls = await course.desk.write(f"/hold {ANNA}", ADMIN, COURSE_BOT)
    assert "nothing to pause" in calls[-1].text
    calls = await course.desk.write(f"/resume {ANNA}", ADMIN, COURSE_BOT)
    assert {one.text for one in calls if one.chat == ANNA} == {OVER}
    calls = await course.desk.write(f"/resume {ANNA}", ADMIN, COURSE_BOT)
    assert "is not paused" in calls[-1].text
    for wrong in (
        f"/hold {ANNA} 366",
        f"/hold {ANNA} 000{9**9}",
        f"/hold {ANNA} soon",
        "/hold",
        "/resume",
        "/goon",
    ):
        calls = await course.desk.write(wrong, ADMIN, COURSE_BOT)
        assert calls[-1].text in {say("hold-usage", "en"), say("resume-usage", "en")}


@pytest.mark.parametrize("seed", range(2))
async def test_lessons_come_by_the_time_that_was_not_paused(room: Room, seed: int) -> None:
    """Whatever the pauses: lesson N comes when they have had N − 1 days without them, and not at night."""
    await room.open(*[lesson(day) for day in range(1, DAYS + 1)], END)
    lot, unpaused, heard, is_paused = random.Random(seed), timedelta(), ["Lesson 1"], False
    expected = ["Lesson 1"]
    for _ in range(24 * 9):
        said: list[str] = []
        if lot.random() < 0.1:
            if is_paused:
                said += await room.press(GO_ON)
            else:
                await room.say("/pause")
                await room.press(BACK)
            is_paused = not is_paused
        said += await room.pass_time(hours=1)
        unpaused += timedelta() if is_paused else timedelta(hours=1)
        heard += [one for one in said if one.startswith("Lesson")]
        is_day = 8 <= room.clock.now().astimezone(ZoneInfo("Europe/Moscow")).hour < 22
        if is_day and not is_paused:
            expected = [f"Lesson {day}" for day in range(1, DAYS + 1) if timedelta(days=day - 1) <= unpaused]
        assert heard == expected
    assert len(expected) > 2
