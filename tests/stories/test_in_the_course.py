"""A student's days: lessons by their own clock, what they may open again, questions, work of every kind, access that closes."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.db.models.learning import runs, submissions
from core.db.models.people import contacts
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.buttons import below, press, see
from tests.stories.ledger import settled
from tests.stories.people import EN, Buyer, all_with, desk_in, message_after, student, wait_for
from tests.stories.school import School, eventually

CLOSED = "Your access to the course is closed now"
FALLBACK = "I am not expecting anything now"


async def test_lessons_come_by_the_clock_and_only_those_delivered_can_be_opened(
    tg: SandboxClient, school: School
) -> None:
    one = await student(tg, school, "basic")
    chat = one.lessons
    assert await chat.press("Done") == "✅ Noted."
    await settled(tg, school)
    assert await _lessons(chat) == ("✅ 1. One thought",)
    assert await all_with(chat, "Day 2") == []
    await press(chat, "ls")
    again = (await wait_for(chat, "Try it on a letter", 2)).buttons
    assert again == ("📚 Lessons",)
    await chat.send("/progress")
    told = await wait_for(chat, "The next lesson: ")
    assert "1 of 5\nMarked as done: 1" in told.text
    await tg.clock.advance(days=1)
    await wait_for(chat, "Day 2")
    assert await _lessons(chat, 2) == ("✅ 1. One thought", "2. Verbs, not nouns")
    await chat.press("1. One thought")
    await chat.press("▶ 2", await wait_for(chat, "Try it on a letter", 3))
    assert "◀ 1" in (await wait_for(chat, "Practise", 2)).buttons


async def _lessons(chat: Chat, number: int = 1) -> tuple[str, ...]:
    """What the n-th list of lessons has to open."""
    await chat.send("/lessons")
    return (await wait_for(chat, "Your lessons: ", number)).buttons


async def test_the_lesson_comes_at_her_hour_by_her_clock(tg: SandboxClient, school: School) -> None:
    one = await student(tg, school, "basic")
    chat, began = one.lessons, await tg.clock.now()
    await see(chat, "tz")
    await chat.press("No, another time")
    await wait_for(chat, "What time is it for you?")
    await chat.send("Tokyo")
    assert "The next lesson: " in (await wait_for(chat, "Good, it is")).text
    await chat.press("Hour of the lessons")
    await eventually(lambda: _offers(chat, "21:00"))
    await chat.press("21:00")
    await wait_for(chat, "the lessons will come at 21:00")
    due = _tomorrow(began, time(21), "Asia/Tokyo")
    await tg.clock.advance(seconds=(due - await tg.clock.now()).total_seconds() - 30)
    await settled(tg, school)
    assert await all_with(chat, "Day 2") == []
    await tg.clock.advance(seconds=31)
    await wait_for(chat, "Day 2")


async def _offers(chat: Chat, button: str) -> bool:
    return any(button in one.buttons for one in await chat.messages())


def _tomorrow(began: datetime, hour: time, zone: str) -> datetime:
    place = ZoneInfo(zone)
    date = began.astimezone(place).date() + timedelta(days=1)
    return datetime.combine(date, hour, place).astimezone(UTC)


async def test_a_question_is_answered_by_reply_and_the_answer_quotes_it(
    tg: SandboxClient, school: School
) -> None:
    desk, one = await desk_in(tg, school, school.course), await student(tg, school, "basic", "Quentin")
    chat = one.lessons
    await press(chat, "ask")
    await wait_for(chat, "Write your question in one message")
    asked = await chat.send("Why one thought?")
    await wait_for(chat, "The curator has your question")
    card = await wait_for(desk, "❓ Quentin")
    await desk.reply(await _below(desk, card), "Two are one too many")
    answer = await wait_for(chat, "Two are one too many")
    assert answer.raw["reply_to_message"]["message_id"] == asked.id

    voice = await chat.send_voice(reply_to=answer)
    again = await wait_for(desk, "❓ Quentin", 2)
    await desk.send_photo(reply_to=again)
    heading = await wait_for(chat, ", your curator, about your question", 2)
    assert heading.raw["reply_to_message"]["message_id"] == voice.id
    assert (await _below(chat, heading)).media == "photo"

    await chat.send("/ask")
    await wait_for(chat, "Write your question in one message", 2)
    assert await press(chat, "askx") == "All right. You can ask any time: /ask"
    await chat.send("My letter")
    await wait_for(chat, EN.automatic)
    await chat.send("Anything else?")
    assert (await wait_for(chat, FALLBACK)).buttons == ("❓ Ask",)
    assert len(await all_with(desk, "❓ Quentin")) == 2


async def _below(chat: Chat, message: Message) -> Message:
    """The message that stands right below another one of the bot's."""

    async def look() -> list[Message]:
        return [
            one for one in await chat.messages() if one.id > message.id and one.sender_id == message.sender_id
        ]

    return (await eventually(look))[0]


async def test_an_album_is_one_work_and_work_of_every_kind_is_taken(
    tg: SandboxClient, school: School
) -> None:
    desk, one = await desk_in(tg, school, school.course), await student(tg, school, "feedback", "Alba")
    chat = one.lessons
    await chat.send_body(location={"latitude": 1.0, "longitude": 1.0})
    await wait_for(chat, "I expect something else here: text, a photo, a voice message")
    await chat.send_album(3, "Before and after")
    await wait_for(chat, EN.received)
    card = await wait_for(desk, "📝 Alba")
    for send in (chat.send_voice, chat.send_video, chat.send_document):
        await send()
    await wait_for(chat, "Added to your work", 3)
    await settled(tg, school)
    media = [message.media for message in await desk.messages() if message.id > card.id and message.media]
    assert media == ["photo", "photo", "photo", "voice", "video", "document"]
    assert [len(await all_with(*place)) for place in ((desk, "📝 Alba"), (chat, EN.received))] == [1, 1]
    assert await _works(one) == [{"attempt": 1, "status": "in_review", "pieces": 6}]

    await desk.send_voice(reply_to=await _below(desk, card))
    heading = await wait_for(chat, ", your curator, about your work")
    assert (await _below(chat, heading)).media == "voice"
    await desk.press("На доработку", await below(desk, card))
    await wait_for(chat, EN.needs_work)
    await chat.send_photo("The new version")
    await desk.press("Принять", await wait_for(desk, "📝 Alba", 2))
    await wait_for(chat, EN.accepted)
    assert [work["status"] for work in await _works(one)] == ["needs_work", "accepted"]


async def _works(one: Buyer) -> list[Mapping[str, object]]:
    wanted = (submissions.c.attempt, submissions.c.status, submissions.c.work)
    whose = select(*wanted).select_from(
        submissions.join(runs).join(contacts, contacts.c.id == runs.c.contact_id)
    )
    async with one.school.looking() as conn:
        rows = await conn.execute(
            whose.where(contacts.c.telegram_id == one.person.id).order_by(submissions.c.id)
        )
        return [{"attempt": row[0], "status": row[1], "pieces": len(row[2]["pieces"])} for row in rows]


async def test_silence_is_broken_by_a_reminder_and_who_never_came_is_passed_over(
    tg: SandboxClient, school: School
) -> None:
    desk, one = await desk_in(tg, school, school.course), await student(tg, school, "feedback", "Sylvie")
    await one.lessons.send("A letter about one thought")
    await wait_for(one.lessons, EN.received)
    await wait_for(desk, "📝 Sylvie")
    before = len(await all_with(desk, "⏰"))
    await tg.clock.advance(days=1, minutes=1)
    reminder = await wait_for(desk, "⏰", before + 1)
    assert re.search(r"📝 Sylvie: .* \(1 день|ещё \d+", reminder.text)
    olga = (await tg.find_person(school.silent_admin_id)).chat(school.course)
    assert await olga.messages() == []


async def test_closed_access_stops_the_lessons_and_given_back_goes_on(
    tg: SandboxClient, school: School
) -> None:
    desk, one = await desk_in(tg, school, school.course), await student(tg, school, "basic", "Clara")
    chat = one.lessons
    card = await message_after(desk, await desk.send(f"/revoke {one.person.id}"), "Вернуть можно")
    await desk.press("Закрыть", card)
    await wait_for(chat, CLOSED)
    await tg.clock.advance(days=1)
    await chat.send("/lessons")
    await wait_for(chat, CLOSED, 2)
    await chat.send("My letter")
    await wait_for(chat, CLOSED, 3)
    assert (await chat.press("Ask")).startswith(CLOSED)
    assert await all_with(chat, "Day 2") == []
    await desk.press("Вернуть доступ", card)
    await wait_for(chat, "Your access is open again")
    await wait_for(chat, "Day 2")


async def test_what_is_for_admins_does_not_exist_for_others(anna: Buyer) -> None:
    one = await student(anna.tg, anna.school, "basic", "Curiosa")
    commands = ("/admin", "/who", "/stats", f"/give {one.person.id} premium", "/broadcast")
    await anna.reach_offer()
    for command in commands:
        await asyncio.gather(anna.shop.send(command), one.lessons.send(command))
    await wait_for(anna.shop, "Here is what I can do", len(commands))
    await wait_for(one.lessons, "Here is what I can do", len(commands))


async def test_an_admins_words_that_answer_nothing_are_not_swallowed(
    tg: SandboxClient, school: School
) -> None:
    desk = await desk_in(tg, school, school.course)
    told = await message_after(desk, await desk.send("To whom do I say this?"), "Это никому не ушло")
    assert "отвечайте на его карточку" in told.text
