"""Who blocks the bot or deletes their account is written to once more, and never again until they are back."""

from typing import Any

import pytest

from core.db.models.learning import runs
from core.lifecycle import Priority
from services.delivery import outbox
from services.delivery.schemas import Outgoing
from tests.bots.admin.desk import ADMIN
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, lesson

DAYS = 6
END = {"key": "end", "type": "end", "text": "Goodbye"}


@pytest.fixture
async def gone(room: Room) -> Room:
    """They have had two lessons; the third one, of two messages, met a blocked bot, and ten days have gone by since."""
    third = {"messages": [{"text": "Lesson 3"}, {"text": "And a thought"}]}
    lessons = [lesson(day, **(third if day == 3 else {})) for day in range(1, DAYS + 1)]
    await room.open(*lessons, END)
    assert await room.pass_time(days=1) == ["Lesson 2"]
    room.desk.blocked.add(ANNA)
    for _ in range(11):
        assert await room.pass_time(days=1) == []
    room.desk.blocked.clear()
    return room


async def unblock(room: Room, status: str = "member") -> list[str]:
    """Telegram tells that they have unblocked the bot (or blocked it)."""
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    bot = {"id": COURSE_BOT, "is_bot": True, "first_name": "Bot"}
    old, new = ({"user": bot, "status": one} for one in ("kicked", "member"))
    if status == "kicked":
        old, new = {**new}, {**old, "until_date": 0}
    else:
        old["until_date"] = 0
    chat = {"id": ANNA, "type": "private", "first_name": "Anna"}
    change = {"chat": chat, "from": person, "date": 1, "old_chat_member": old, "new_chat_member": new}
    calls = await room.desk.send(COURSE_BOT, {"my_chat_member": change})
    return [one.text for one in calls if one.chat == ANNA]


async def status(room: Room) -> tuple[str, Any]:
    [run] = await room.rows(runs)
    return run.status, run.state["held_for"]


async def test_after_the_first_refusal_nothing_is_sent(gone: Room) -> None:
    assert gone.desk.refused == [ANNA]
    assert await status(gone) == ("held", "gone")


async def test_a_start_brings_the_lesson_she_missed_and_only_that(gone: Room) -> None:
    assert await gone.say("/start") == ["Lesson 3", "And a thought"]
    assert await gone.pass_time(hours=23) == []
    assert await gone.pass_time(hours=1) == ["Lesson 4"]
    assert await gone.pass_time(days=1) == ["Lesson 5"]
    assert await status(gone) == ("active", None)


async def test_so_does_a_word(gone: Room) -> None:
    said = await gone.say("/help")
    assert said[:2] == ["Lesson 3", "And a thought"]
    assert not [one for one in said[2:] if one.startswith("Lesson")]


async def test_unblocking_and_start_are_one_coming_back(gone: Room) -> None:
    assert await unblock(gone) == []
    assert await gone.say("/start") == ["Lesson 3", "And a thought"]
    assert await gone.pass_time(seconds=5) == []


async def test_unblocking_alone_is_enough(gone: Room) -> None:
    assert await unblock(gone) == []
    assert await gone.pass_time(seconds=4) == ["Lesson 3", "And a thought"]
    assert await gone.pass_time(days=1) == ["Lesson 4"]


async def test_who_says_so_is_not_written_to_at_all(room: Room) -> None:
    await room.open(*[lesson(day) for day in range(1, DAYS + 1)], END)
    await unblock(room, "kicked")
    for _ in range(5):
        assert await room.pass_time(days=1) == []
    assert room.desk.refused == []
    assert await room.say("/start") == ["Lesson 2"], "what came due, and no burst"
    assert await room.pass_time(hours=23) == []
    assert await room.pass_time(hours=1) == ["Lesson 3"]


async def test_what_begins_meanwhile_is_not_sent_either(gone: Room) -> None:
    """A receipt waits for them, an answer to a press long ago does not."""
    gone.desk.blocked.add(ANNA)
    async with gone.db.unit(1) as uow:
        for word, priority in (("receipt", Priority.TRANSACTIONAL), ("answer", Priority.INTERACTIVE)):
            payload = {"chat_id": ANNA, "text": word}
            outbox.enqueue(uow, Outgoing(COURSE_BOT, ANNA, "sendMessage", payload, word, priority))
    for _ in range(3):
        await gone.desk.deliver()
    assert gone.desk.refused == [ANNA]
    gone.desk.blocked.clear()
    assert await gone.say("/start") == ["Lesson 3", "And a thought", "receipt"]


async def test_others_go_on(gone: Room) -> None:
    assert await gone.say("/who", ADMIN)
    [about] = [one.text for one in gone.desk.calls if one.chat == ADMIN][-1:]
    assert "has left the bot" in about
