"""One person's many quick lines come to the reviewers in few messages, and keep nobody else's work waiting."""

import math
import re
from typing import Any

import pytest
from sqlalchemy import event

from bots.runtime.sending.saying import show_words
from core.db.models.delivery import carried
from core.db.session import Database
from core.lifecycle import Side
from services.delivery import speech
from services.delivery.carried.carrying import MOST_TEXT, MOST_WAITING, carry, change
from services.delivery.schemas import Passage, PersonMessage
from services.delivery.sending.turns import EVERY, Turns
from services.delivery.speech import Address
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import SECOND, Room, assignment, lesson
from utils.telegram_html import utf16_length

GROUP = -1009
PACE = 3.0  # seconds between two messages to a group
BOLD = {"type": "bold", "offset": 0, "length": 2}


@pytest.fixture
async def room(db: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> Room:
    turns = Turns()
    monkeypatch.setattr("tests.bots.admin.desk.Turns", lambda: turns)
    room = Room(db, clock, Desk(db))
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    return room


def line(number: int, text: str, **content: object) -> PersonMessage:
    return PersonMessage(ANNA, number, {"text": text, **content})


async def bring(room: Room, *said: PersonMessage, work: str = "lines:1", quoted: int | None = None) -> None:
    passage = Passage(COURSE_BOT, work, Side.STUDENT, work, quoted=quoted)
    async with room.db.unit(1) as uow:
        for one in said:
            await carry(uow, one, Address(COURSE_BOT, GROUP), passage)


async def edit(room: Room, said: PersonMessage) -> None:
    async with room.db.unit(1) as uow:
        await change(uow, COURSE_BOT, said, f"edit{said.words}", {Side.STUDENT})


async def all_that_comes(room: Room) -> list[Call]:
    """What leaves within two minutes, when one more piece of a person may leave each time."""
    calls: list[Call] = []
    for _ in range(int(120 // EVERY)):
        room.clock.advance(seconds=EVERY)
        calls += await room.desk.deliver()
    return calls


async def test_lines_that_wait_leave_in_one_message_with_their_looks(room: Room) -> None:
    await bring(room, line(1, "🙂 one", entities=[{**BOLD, "offset": 3}]), line(2, "two", entities=[BOLD]))
    (call,) = await all_that_comes(room)
    assert (call.method, call.text) == ("sendMessage", "🙂 one\ntwo")
    assert call.fields["entities"] == [{**BOLD, "offset": 3}, {**BOLD, "offset": 7}]
    assert {row.to_message_id for row in await room.rows(carried)} == {call.message_id}


async def test_the_first_lines_leave_at_once_and_who_goes_on_is_waited_for(room: Room) -> None:
    for number in range(3):
        await bring(room, line(number, f"line {number}"))
        assert [one.text for one in await room.desk.deliver()] == [f"line {number}"]
    await bring(room, line(3, "line 3"))
    assert await room.desk.deliver() == []
    await bring(room, line(4, "line 4"))
    assert [one.text for one in await all_that_comes(room)] == ["line 3\nline 4"]


async def test_a_changed_line_redraws_the_message_it_stands_in(room: Room) -> None:
    await bring(room, *(line(number, f"line {number}") for number in range(3)))
    (shown,) = await all_that_comes(room)
    await edit(room, line(1, "line one"))
    await edit(room, line(2, "line two"))
    (redrawn,) = await all_that_comes(room)
    assert (redrawn.method, redrawn.message_id) == ("editMessageText", shown.message_id)
    assert redrawn.text == "line 0\nline one\nline two"


async def test_a_line_changed_before_it_left_leaves_as_it_is_now(room: Room) -> None:
    await bring(room, line(1, "one"), line(2, "two"))
    await edit(room, line(2, "three"))
    assert [one.text for one in await all_that_comes(room)] == ["one\nthree"]


async def test_what_stands_between_two_lines_stays_there(room: Room) -> None:
    photo = PersonMessage(ANNA, 2, {"kind": "photo", "file_id": "f"})
    await bring(room, line(1, "one"), photo, line(3, "two"))
    await bring(room, line(4, "an answer"), quoted=7)
    calls = await all_that_comes(room)
    assert [one.text or one.method for one in calls] == ["one", "copyMessage", "two", "an answer"]
    assert calls[-1].fields["reply_parameters"]["message_id"] == 7


async def test_long_lines_fill_messages_and_the_rest_is_counted(room: Room) -> None:
    await bring(room, *(line(number, f"{number} " + "🙂" * 998) for number in range(10)))
    calls = await all_that_comes(room)
    assert len(calls) == MOST_WAITING
    assert all(utf16_length(one.text) <= MOST_TEXT for one in calls)
    below = [show_words(speech.words("carried-more", count=5), language) for language in ("ru", "en")]
    assert calls[-1].text.endswith(tuple(below))
    assert len(await room.rows(carried)) == 10
    assert all(row.to_message_id for row in await room.rows(carried))


async def test_the_cap_is_one_persons_whatever_their_lines_are_about(room: Room) -> None:
    for number in range(16):
        await bring(room, line(number, f"{number} " + "🙂" * 998), work=f"lines:{number % 2 + 1}")
    calls = await all_that_comes(room)
    assert len(calls) == MOST_WAITING
    assert len(await room.rows(carried)) == 16
    assert all(row.to_message_id for row in await room.rows(carried))


async def test_albums_that_have_left_leave_room_for_lines(room: Room) -> None:
    for number in range(MOST_WAITING):
        photo = PersonMessage(ANNA, number, {"kind": "photo", "file_id": f"f{number}"}, album=f"a{number}")
        await bring(room, photo)
    await all_that_comes(room)
    await bring(room, *(line(10 + number, f"{number} " + "🙂" * 998) for number in range(4)))
    assert [one.fields.get("below") for one in await all_that_comes(room)] == [None, None]


async def test_an_edit_and_who_sends_take_rows_in_one_order(room: Room) -> None:
    """The lines of a message go to several readers: rows first, by age, then calls; so nobody waits in a circle."""
    work = Passage(COURSE_BOT, "lines:1", Side.STUDENT, "lines:1")
    readers = (GROUP, ADMIN, SECOND)
    async with room.db.unit(1) as uow:
        for reader in readers:
            await carry(uow, line(1, "first"), Address(COURSE_BOT, reader), work)
    taken: list[str] = []

    def note(*args: Any) -> None:
        if (found := re.match(r"UPDATE (carried|outbox) ", args[2])) is not None:
            taken.append(found[1])

    event.listen(room.db._writer.sync_engine, "before_cursor_execute", note)
    await edit(room, line(1, "waits"))
    assert taken == ["carried"] * len(readers)
    await all_that_comes(room)
    taken.clear()
    await edit(room, line(1, "was shown"))
    assert taken == ["carried"] * len(readers) + ["outbox"] * len(readers)
    shown = await all_that_comes(room)
    assert sorted(one.chat for one in shown) == sorted(readers)
    assert {one.text for one in shown} == {"was shown"}


@pytest.mark.parametrize(
    ("language", "count", "shown"),
    [
        ("en", 1, "… and 1 more line; all of it is kept"),
        ("en", 5, "… and 5 more lines; all of it is kept"),
        ("ru", 1, "… и ещё 1 строка; всё сохранено"),
        ("ru", 3, "… и ещё 3 строки; всё сохранено"),
        ("ru", 5, "… и ещё 5 строк; всё сохранено"),
    ],
)
def test_the_rest_is_counted_in_both_languages(language: str, count: int, shown: str) -> None:
    assert show_words(speech.words("carried-more", count=count), language) == shown


async def test_work_in_many_lines_comes_gathered_and_a_reply_to_it_is_an_answer(room: Room) -> None:
    work = [room.desk.message(ANNA, text=f"This is sentence {number} of my work.") for number in range(8)]
    for one in work:
        await room.desk.receive(COURSE_BOT, {"message": one})
    await room.desk.work_off()
    room.clock.advance(seconds=2)
    await room.desk.deliver()
    holding = [one for one in room.seen(ADMIN) if "sentence" in one.text and "📝" not in one.text]
    assert sum(one.text.count("sentence") for one in holding) >= len(work)
    assert len(holding) < len(work)
    last = holding[-1]
    await room.desk.send(COURSE_BOT, {"edited_message": {**work[-1], "text": "This sentence is changed."}})
    assert room.seen(ADMIN)[-1].message_id == last.message_id
    assert room.seen(ADMIN)[-1].text.endswith("This sentence is changed.")
    await room.reply(last, "Good!", ADMIN)
    assert "Good!" in room.seen(ANNA)[-1].text


async def test_many_lines_do_not_delay_anothers_work(room: Room) -> None:
    """Lines come while the group takes one message in three seconds; then another hands in work."""
    lines = 40
    sent: list[str] = []
    for number in range(lines):
        await bring(room, line(number, f"line {number}"))
        if number < 2:
            sent += [one.text for one in await room.desk.deliver(1)]
    async with room.db.unit(1) as uow:
        speech.say(uow, Address(COURSE_BOT, GROUP), "card", "other", ref="lines:2")
    for _ in range(lines):
        room.clock.advance(seconds=PACE)
        calls = await room.desk.deliver(1)
        if not calls:
            break
        sent += [one.text for one in calls]
    assert sent.index("card") <= 3, "next but one at most"
    units = sum(len(f"line {number}\n") for number in range(lines))
    assert len(sent) - 1 <= 2 + math.ceil(units / MOST_TEXT)
    assert "\n".join(one for one in sent if one != "card").split("\n") == [
        f"line {number}" for number in range(lines)
    ]
