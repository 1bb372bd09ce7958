"""Reminders in their own hours, as often and in the tone they chose; they stop the moment they begin. Monday, 12:00 in Moscow."""

from dataclasses import replace

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.delivery import jobs, timers
from core.db.models.people import chats, contacts
from core.lifecycle import ChatState
from core.text.catalog import say
from services.content.deployments import change_settings, get_deployment
from services.content.entry.tokens import find_course
from services.people.mail.addresses import confirm
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, assignment, lesson

PLAIN = "“Title 1” is waiting for you."
SOFT, STRICT = "waiting for you whenever you like", "is still not done"


async def wish(room: Room, **settings: object) -> None:
    """What the author sets for their course."""
    async with room.db.unit(1) as uow:
        course = await find_course(uow, COURSE_BOT, "words")
        await change_settings(
            uow, (await get_deployment(uow, flow_id=course.deployment.flow_id)).id, settings
        )


async def choose(room: Room, *buttons: str) -> None:
    await room.say("/settings")
    await room.press("Reminders")
    for button in buttons:
        await room.press(button)


def heard(said: list[str]) -> list[str]:
    return [one for one in said if "waiting for you" in one or "not done" in one]


async def test_nobody_is_reminded_unless_somebody_wants_it(room: Room) -> None:
    await room.open(lesson(1), assignment())
    assert heard(await room.pass_time(days=9)) == []
    assert not [one for one in await room.rows(timers) if one.kind == "remind"]


async def test_what_waits_is_reminded_of_in_the_evening_until_she_begins(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await wish(room, reminder_days=2)
    await choose(room, "Every 2 days")
    assert heard(await room.pass_time(days=2, hours=5, minutes=59)) == []  # 17:59 on Wednesday
    [first] = heard(await room.pass_time(minutes=1))
    assert first.startswith(PLAIN)
    assert heard(await room.pass_time(days=1, hours=23, minutes=59)) == []
    assert len(heard(await room.pass_time(minutes=1))) == 1
    done = next(one for one in room.seen(ANNA) if one.text == "Lesson 1")
    await room.press(next(iter(done.buttons)), holder=done)
    assert heard(await room.pass_time(days=4)) == []
    assert not [one for one in await room.rows(timers) if one.kind == "remind"]


async def test_five_times_about_one_thing_and_then_never(room: Room) -> None:
    await room.open(lesson(1), lesson(20))
    await choose(room, "Daily")
    times = [len(heard(await room.pass_time(hours=6))) for _ in range(36)]
    assert sum(times) == 5


@pytest.mark.parametrize(("tone", "words"), [("Gentle", SOFT), ("Strict", STRICT), ("Plain", PLAIN)])
async def test_in_the_tone_and_the_hours_she_chose(room: Room, tone: str, words: str) -> None:
    await room.open(lesson(1), lesson(9))
    await choose(room, "Daily", "In the morning", *([tone] if tone != "Plain" else []))
    shown = room.seen(ANNA)[-1]
    assert f"✓ {tone}" in shown.buttons
    assert "✓ In the morning" in shown.buttons
    assert "daily, 09:00-12:00" in shown.text
    assert heard(await room.pass_time(hours=24)) == []  # noon is outside
    [said] = heard(await room.pass_time(hours=21))
    assert words in said


async def test_her_own_choice_goes_before_the_courses(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await wish(room, reminder_days=1)
    await choose(room, "None")
    assert heard(await room.pass_time(days=5)) == []
    assert "Reminders: none." in (await room.say("/settings"))[0]


async def test_what_she_writes_ends_them_too(room: Room) -> None:
    await room.open(assignment(stop=True))
    await choose(room, "Daily")
    await room.say("My work")
    assert heard(await room.pass_time(days=5)) == []


async def test_they_follow_her_clock(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await choose(room, "Daily")
    async with room.db.unit(1) as uow:
        await uow.conn.execute(
            contacts.update().where(contacts.c.telegram_id == ANNA).values(zone="America/New_York")
        )
    assert heard(await room.pass_time(hours=30)) == []  # 18:00 in Moscow, 10:00 in New York
    assert len(heard(await room.pass_time(hours=8))) == 1


async def test_a_pause_moves_them(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await choose(room, "Every 7 days")
    await room.pass_time(days=1)
    await room.say("/pause")
    await room.press("3 days")
    assert heard(await room.pass_time(days=3)) == []
    assert (
        heard(await room.pass_time(days=3, hours=6)) == []
    )  # without the pause it would come now, on Monday
    assert heard(await room.pass_time(days=2, hours=23, minutes=59)) == []
    assert len(heard(await room.pass_time(minutes=1))) == 1


async def test_what_would_have_come_in_a_pause_comes_after_it(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await choose(room, "Daily")
    await room.say("/pause")
    await room.press("3 days")
    for _ in range(12):
        assert heard(await room.pass_time(hours=6)) == []
    assert len(heard(await room.pass_time(hours=30))) == 1


async def test_quiet_hours_of_the_course_keep_them_back(room: Room) -> None:
    await room.open(lesson(1), lesson(9))
    await wish(room, quiet_hours="17:00-20:00")
    await choose(room, "Daily")
    assert heard(await room.pass_time(days=1, hours=7)) == []
    assert len(heard(await room.pass_time(hours=1))) == 1


def test_every_tone_has_its_words() -> None:
    for tone in ("gentle", "plain", "strict"):
        assert "Day" in say(f"reminder-{tone}", "en", {"what": "Day"})


async def test_who_has_blocked_the_bot_is_reminded_by_letter_if_they_wanted_that(room: Room) -> None:
    site = "https://school.example"
    room.db.env = replace(room.db.env, mail_from="School <s@school.example>", public_url=site)
    await room.open(lesson(1), lesson(9))
    await choose(room, "Daily")
    assert await room.say("/email nonsense") == [say("mail-wrong", "en")]
    assert await room.say("/email") == [say("mail-how", "en")]
    assert await room.say("/email anna@example.org") == [
        say("mail-named", "en", {"address": "anna@example.org"})
    ]
    [letter] = [row.payload for row in await room.rows(jobs, kind="send_mail")]
    assert await confirm(room.db, letter["stop"].rpartition("/")[2])
    assert len(heard(await room.pass_time(days=1, hours=6))) == 1
    assert len(await room.rows(jobs, kind="send_mail")) == 1, "Telegram reaches them"
    async with room.db.unit(1) as uow:
        await uow.conn.execute(chats.update().values(state=ChatState.BLOCKED))
    await room.pass_time(days=1)
    [_, reminder] = [row.payload for row in await room.rows(jobs, kind="send_mail")]
    assert (reminder["to"], show_words(reminder["words"], "en")[:21]) == ("anna@example.org", PLAIN[:21])
    assert await room.say("/email off") == [say("mail-forgotten", "en")]
