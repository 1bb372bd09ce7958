"""Lessons by the calendar and by their clock. The clock starts on Monday, 12:00 in Moscow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.db.models.delivery import timers
from core.db.models.learning import submissions
from core.db.models.people import contacts
from core.environment import Environment
from core.text.catalog import say
from services.people.contacts import meet_people
from services.people.schemas import Encounter
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, assignment, lesson

ZONE_QUESTION = "Is it 12:00 for you now?"


async def due_at(room: Room) -> datetime:
    (row,) = await room.rows(timers, kind="run")
    return row.due_at.replace(tzinfo=UTC)


async def test_a_lesson_a_day_whatever_is_done(room: Room) -> None:
    await room.open(lesson(1), lesson(2), lesson(3))
    assert room.seen(ANNA)[0].text == "Lesson 1"
    assert await room.pass_time(hours=23) == []
    assert await room.pass_time(hours=1) == ["Lesson 2"]
    assert (await room.pass_time(days=1))[0] == "Lesson 3"


async def test_who_begins_at_night_is_not_woken_the_next(room: Room) -> None:
    room.clock.advance(hours=11, minutes=30)  # 23:30 in Moscow
    await room.open(lesson(1), lesson(2), lesson(3))
    assert await due_at(room) == datetime(2030, 1, 9, 5, tzinfo=UTC)
    assert "The next lesson: 9 January, 08:00" in (await room.say("/progress"))[0]
    assert await room.pass_time(hours=32, minutes=29) == []
    assert await room.pass_time(minutes=1) == ["Lesson 2"]
    assert (await room.pass_time(days=1))[0] == "Lesson 3"


async def test_who_begins_at_night_and_wants_the_night_gets_it(room: Room) -> None:
    room.clock.advance(hours=11, minutes=30)
    await room.open(lesson(1), lesson(2, drip={"day": 2, "at": "23:00"}), lesson(3))
    assert await due_at(room) == datetime(2030, 1, 8, 20, tzinfo=UTC)


async def test_what_came_due_while_the_program_was_down_waits_for_the_morning(room: Room) -> None:
    await room.open(lesson(1), lesson(2), lesson(3))
    assert await room.pass_time(days=1, hours=14) == []  # 02:00 in Moscow, 14 hours late
    assert "The next lesson: 9 January, 08:00" in (await room.say("/progress"))[0]
    assert await room.pass_time(hours=6) == ["Lesson 2"]
    assert await room.pass_time(hours=23) == []
    assert (await room.pass_time(hours=1))[0] == "Lesson 3"


async def test_a_change_of_clocks_does_not_move_the_hour(room: Room) -> None:
    room.clock.advance(days=82)  # Saturday, March 30
    await room.open(lesson(1), lesson(2), lesson(3), zone="Europe/Berlin")
    assert await room.pass_time(hours=22) == []
    assert await room.pass_time(hours=1) == ["Lesson 2"]


async def test_the_zone_is_asked_once_and_after_the_first_lesson(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    heard = [one.text for one in room.seen(ANNA)]
    assert heard[0] == "Lesson 1"
    assert heard[1].startswith(ZONE_QUESTION)
    assert not any(ZONE_QUESTION in one for one in await room.pass_time(days=1))


async def test_no_zone_question_where_days_are_short(room: Room, env: Environment) -> None:
    room.db.env = replace(env, course_day=timedelta(seconds=10))
    await room.open(lesson(1), lesson(2, drip={"day": 2, "at": "09:00"}))
    assert [one.text for one in room.seen(ANNA)] == ["Lesson 1"]
    assert (await room.pass_time(seconds=10))[0] == "Lesson 2"


async def test_a_pressed_clock_becomes_her_zone_and_moves_the_lesson(room: Room) -> None:
    await room.open(lesson(1), lesson(2, drip={"day": 2, "at": "09:00"}))
    assert await due_at(room) == datetime(2030, 1, 8, 6, tzinfo=UTC)
    assert list(room.seen(ANNA)[-1].buttons) == ["Yes", "No, another time"]
    assert (await room.press("No, another time"))[0].startswith("What time is it for you?")
    (said,) = await room.say("18:00")
    assert said.startswith("Good, it is 18:00 for you.")
    assert "The next lesson: 8 January, 09:00" in said
    assert await due_at(room) == datetime(2030, 1, 8, 0, tzinfo=UTC)
    (row,) = await room.rows(timers, kind="run")
    assert (row.local_wall, row.zone) == ("2030-01-08T09:00", "Asia/Tokyo")
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.zone, her.zone_is_chosen) == ("Asia/Tokyo", True)


async def test_a_clock_in_a_reply_to_the_question_is_no_work(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.press("No, another time")
    assert await room.reply(room.seen(ANNA)[-1], "05:44") == [say("zone-nowhere", "en")]
    room.clock.advance(minutes=14)  # in Newfoundland it is what they write
    (said,) = await room.reply(room.seen(ANNA)[-1], "05:44")
    assert said.startswith("Good, it is 05:44 for you."), said
    assert await room.rows(submissions) == []


async def test_yes_keeps_the_clock(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    (said,) = await room.press("Yes")
    assert said.startswith("Good, it is 12:00 for you.")
    assert room.seen(ANNA)[-1].method == "editMessageText"
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.zone, her.zone_is_chosen) == ("Europe/Moscow", True)


async def test_a_clock_shown_long_ago_is_shown_anew(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.pass_time(minutes=40)
    assert (await room.press("Yes"))[0].startswith("Is it 12:40 for you now?")
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert not her.zone_is_chosen


async def test_a_city_is_as_good_as_a_clock_and_other_words_are_no_work(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.press("No, another time")
    assert (await room.say("Atlantis"))[0].startswith("I do not know that city.")
    assert (await room.say("Kathmandu"))[0].startswith("Good, it is 14:45 for you.")
    assert await room.say("My work") == [say("assignment-received", "en")]
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert her.zone == "Asia/Kathmandu"


@pytest.mark.parametrize("waits", [timedelta(), timedelta(minutes=21)])
async def test_what_is_no_place_or_comes_late_is_her_work(room: Room, waits: timedelta) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.press("No, another time")
    room.clock.advance(seconds=waits.total_seconds())
    text = "Berlin" if waits else "Here is my work: it is longer than any city is called"
    await room.say(text)
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.zone, her.zone_is_chosen) == ("Europe/Moscow", False)
    assert (await room.say("And this is my work, whatever came of the clock.")) == [
        say("assignment-received" if waits else "assignment-added", "en")
    ]


async def test_who_leaves_the_clock_alone_is_asked_for_nothing(room: Room) -> None:
    await room.open(lesson(1), assignment(stop=True))
    await room.press("No, another time")
    assert (await room.press("Leave it as it is"))[0].startswith("It is 12:00 for you now.")
    await room.say("Berlin")
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.zone, her.zone_is_chosen) == ("Europe/Moscow", False)


async def test_the_language_she_chose_stays_whatever_telegram_says(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.say("/settings")
    await room.press("Language · Язык")
    assert (await room.press("Русский"))[0].startswith("Сейчас у вас 12:00.")
    assert (await room.say("/progress"))[0].endswith("Следующий урок: 8 января, 12:00")  # Telegram says en
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.language, her.language_is_chosen) == ("ru", True)


async def test_the_language_nobody_chose_follows_telegrams(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    assert (await room.say("/progress"))[0].endswith("The next lesson: 8 January, 12:00")
    async with room.db.unit(1) as uow:
        person = Encounter(1, COURSE_BOT, ANNA, "Anna", "", None, "ru", in_private=True, acts=True)
        met = await meet_people(uow.conn, room.db.env, uow.now, [person])
    assert met[1, ANNA].language == "ru"
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert (her.language, her.language_is_chosen) == ("ru", False)
    await room.say("/progress")  # Telegram says en again
    (her,) = await room.rows(contacts, telegram_id=ANNA)
    assert her.language == "en"


async def test_her_own_hour_goes_before_the_course_s_and_can_be_given_back(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    assert (await room.say("/settings"))[0].startswith("It is 12:00 for you now.")
    await room.press("Hour of the lessons")
    assert "21:00" in (await room.press("21:00"))[0]
    await room.say("/settings")
    asked = await room.press("Hour of the lessons")
    assert "9:30" in asked[0]
    assert "do not understand" in (await room.say("at dawn"))[0]
    for written, kept in (("9.30", "09:30"), ("7", "07:00"), ("9:00 pm", "21:00")):
        await room.say("/settings")
        await room.press("Hour of the lessons")
        assert kept in (await room.say(written))[0]
    assert await due_at(room) == datetime(2030, 1, 8, 18, tzinfo=UTC)
    assert "21:00" in (await room.say("/settings"))[0]
    await room.press("Hour of the lessons")
    assert "12:00" in (await room.press("12:00, as the course plans it"))[0]
    assert await due_at(room) == datetime(2030, 1, 8, 9, tzinfo=UTC)


async def test_the_zone_can_be_changed_later(room: Room) -> None:
    await room.open(lesson(1), lesson(2, drip={"day": 2, "at": "09:00"}))
    await room.pass_time(hours=2)
    await room.say("/settings")
    await room.press("Time zone")
    await room.press("No, another time")
    await room.say("11:00")
    assert "It is 11:00" in (await room.say("/settings"))[0]
    assert (await due_at(room)).hour == 9


async def test_a_week_of_silence_is_caught_up_one_lesson_a_day(room: Room) -> None:
    await room.open(*(lesson(day) for day in range(1, 5)))
    assert await room.pass_time(days=7) == ["Lesson 2"]
    assert await room.pass_time(hours=23) == []
    assert await room.pass_time(hours=1) == ["Lesson 3"]
    assert (await room.pass_time(days=1))[0] == "Lesson 4"


@pytest.mark.parametrize("rights", [("feedback",), ()])
async def test_a_stop_lesson_holds_what_is_due_and_then_gives_one_a_day(
    room: Room, rights: tuple[str, ...]
) -> None:
    await room.open(lesson(1), assignment(stop=True), lesson(2), lesson(3), lesson(4), rights=rights)
    assert await room.pass_time(days=4) == []
    heard = await room.say("My work")
    if rights:
        await room.press("✅ Accept", 1001)
        heard = [one.text for one in room.seen(ANNA)]
    assert "Lesson 2" in heard
    assert "Lesson 3" not in heard
    assert await room.pass_time(days=1) == ["Lesson 3"]
