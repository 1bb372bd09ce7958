"""Words between student and curator: whole, with their looks, changed on both sides, there when the source is gone."""

from typing import Any

import pytest

from core.db.models.delivery import carried
from core.db.models.learning import questions, submissions
from core.db.session import Database
from core.limits import UPDATES
from core.text.catalog import say
from services.delivery import inbox
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import PIECES, Room, assignment, lesson

HEADING = "💬 P1001, your curator, about your work:"
WORK = "Here is my work, one thought in each sentence."
BOLD = {"type": "bold", "offset": 0, "length": 5}
LINK = {"type": "text_link", "offset": 6, "length": 4, "url": "https://x.y/"}


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    room = Room(db, clock, Desk(db))
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    return room


def card(room: Room) -> Call:
    return next(one for one in room.seen(ADMIN) if "📝" in one.text)


async def send(room: Room, kind: str, who: int, message: dict[str, Any]) -> list[Call]:
    return await room.desk.send(COURSE_BOT, {kind: message})


def reply_to(room: Room, to: Call, who: int, **body: Any) -> dict[str, Any]:
    bot = {"id": to.bot, "is_bot": True, "first_name": "Bot"}
    shown = room.desk.message(who, text="-") | {"message_id": to.message_id, "from": bot}
    return room.desk.message(who, reply_to_message=shown, **body)


async def test_an_answer_keeps_its_looks_below_our_words(room: Room) -> None:
    await room.say(WORK)
    await room.reply(card(room), "Good! here is more", ADMIN, entities=[BOLD, LINK])
    answer = room.last(ANNA, "Good!")
    assert answer.text == f"{HEADING}\n\nGood! here is more"
    moved = len(f"{HEADING}\n\n") + 1  # the emoji takes two units
    assert answer.fields["entities"] == [
        {**BOLD, "offset": moved},
        {**LINK, "offset": moved + 6},
    ]
    assert "parse_mode" not in answer.fields


@pytest.mark.parametrize("length", [4090, 4096])
async def test_a_long_answer_loses_nothing(room: Room, length: int) -> None:
    await room.say(WORK)
    text = ("word " * 1000)[: length - 1] + "!"
    looks = [BOLD, {**LINK, "offset": length - 5}]
    await room.reply(card(room), text, ADMIN, entities=looks)
    heading, answer = room.seen(ANNA)[-2:]
    assert (heading.text, answer.text) == (HEADING, text)
    assert answer.fields["entities"] == looks


async def test_a_changed_answer_is_changed_for_the_student(room: Room) -> None:
    await room.say(WORK)
    note = reply_to(room, card(room), ADMIN, text="Good!")
    await send(room, "message", ADMIN, note)
    shown = room.last(ANNA, "Good!")
    [edit] = await send(room, "edited_message", ADMIN, {**note, "text": "Very good!", "entities": [BOLD]})
    assert (edit.chat, edit.method, edit.message_id) == (ANNA, "editMessageText", shown.message_id)
    assert edit.text == f"{HEADING}\n\nVery good!"
    assert edit.fields["entities"][0]["offset"] > BOLD["offset"]


async def test_changed_work_is_changed_for_the_curator_and_where_it_is_kept(room: Room) -> None:
    work = room.desk.message(ANNA, text=WORK)
    await send(room, "message", ANNA, work)
    shown = room.last(ADMIN, WORK)
    [edit] = await send(room, "edited_message", ANNA, {**work, "text": WORK + " And one."})
    assert (edit.chat, edit.method, edit.message_id) == (ADMIN, "editMessageText", shown.message_id)
    (row,) = await room.rows(submissions)
    assert row.work["pieces"][0]["content"]["text"] == WORK + " And one."


async def test_a_changed_question_is_changed_for_the_curator(room: Room) -> None:
    await room.say("/ask")
    asked = room.desk.message(ANNA, text="Why?")
    await send(room, "message", ANNA, asked)
    [edit] = await send(room, "edited_message", ANNA, {**asked, "text": "Why so?"})
    assert (edit.chat, edit.method, edit.text) == (ADMIN, "editMessageText", "Why so?")
    (row,) = await room.rows(questions)
    assert row.pieces[0]["content"]["text"] == "Why so?"


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video_note"])
async def test_work_deleted_before_it_was_copied_comes_as_it_was_kept(room: Room, kind: str) -> None:
    work = room.desk.message(ANNA, caption="see", **PIECES[kind])
    room.desk.deleted.add(work["message_id"])
    await send(room, "message", ANNA, work)
    brought = room.seen(ADMIN)[-1]
    method = "send" + "".join(part.title() for part in kind.split("_"))
    assert (brought.method, brought.fields[kind]) == (method, "f")
    assert brought.fields.get("caption") == (None if kind == "video_note" else "see")
    await room.reply(brought, "Seen", ADMIN)
    assert "Seen" in room.seen(ANNA)[-1].text, "a reply to it is an answer"


async def test_of_what_bots_cannot_say_the_curator_hears_what_is_left(room: Room) -> None:
    await room.say("/ask")
    place = room.desk.message(ANNA, location={"latitude": 1.0, "longitude": 2.0})
    room.desk.deleted.add(place["message_id"])
    await send(room, "message", ANNA, place)
    assert room.seen(ADMIN)[-1].text == say("carry-lost", "en", {"kind": "[location]"})


async def test_work_whose_file_is_gone_too_is_told_of(room: Room) -> None:
    work = room.desk.message(ANNA, **PIECES["photo"])
    room.desk.deleted.add(work["message_id"])
    room.desk.lost_files.add("f")
    await send(room, "message", ANNA, work)
    assert room.seen(ADMIN)[-1].text == say("carry-lost", "en", {"kind": "[photo]"})


async def test_a_curator_hears_that_her_answer_did_not_arrive(room: Room) -> None:
    await room.say("/ask Why so?")
    room.desk.blocked.add(ANNA)
    await room.reply(room.last(ADMIN, "❓"), "Good!", ADMIN)
    assert say("talk-undelivered", "en") in [one.text for one in room.seen(ADMIN)]


async def test_a_reply_to_any_piece_of_an_album_is_an_answer(room: Room) -> None:
    for _ in range(3):
        await room.say(media_group_id="a", **PIECES["photo"])
    room.clock.advance(seconds=1)
    (album,) = await room.desk.deliver()
    last = Call(album.bot, album.method, album.chat, {}, album.message_id + 2)
    await room.reply(last, "Good!", ADMIN)
    assert "Good!" in room.seen(ANNA)[-1].text


async def test_a_piece_that_comes_when_the_album_has_left_follows_alone(room: Room) -> None:
    for _ in range(2):
        await room.say(media_group_id="a", **PIECES["photo"])
    room.clock.advance(seconds=1)
    await room.desk.deliver()
    await room.say(media_group_id="a", **PIECES["photo"])
    room.clock.advance(seconds=1)
    (late,) = await room.desk.deliver()
    assert (late.chat, late.method) == (ADMIN, "copyMessage")
    assert all(row.to_message_id for row in await room.rows(carried))


@pytest.mark.parametrize("side", ["student", "curator"])
async def test_of_many_changes_that_wait_only_the_last_one_leaves(room: Room, side: str) -> None:
    work = room.desk.message(ANNA, text=WORK)
    await send(room, "message", ANNA, work)
    note = reply_to(room, card(room), ADMIN, text="Good!")
    await send(room, "message", ADMIN, note)
    changed, who, to = (work, ANNA, ADMIN) if side == "student" else (note, ADMIN, ANNA)
    for number in range(5):
        for _ in range(2):
            again = {**changed, "text": f"Version {number}"}
            await room.desk.receive(COURSE_BOT, {"edited_message": again})
        while await inbox.drain(room.db, [COURSE_BOT], room.desk._work):
            pass
    edits = [one for one in await room.desk.deliver() if one.chat == to]
    assert len(edits) <= 2, "those that came together"
    assert edits[-1].text.endswith("Version 4")
    assert who != to


async def test_changes_without_end_are_too_much(room: Room) -> None:
    work = room.desk.message(ANNA, text=WORK)
    await send(room, "message", ANNA, work)
    for number in range(UPDATES.most + 10):
        again = {**work, "text": f"Version {number}"}
        await room.desk.receive(COURSE_BOT, {"edited_message": again})
    calls = await room.desk.work_off()
    assert [one.text for one in calls if one.chat == ANNA] == [say(UPDATES.word, "en")]
    assert len([one for one in calls if one.chat == ADMIN]) <= inbox.BATCH
