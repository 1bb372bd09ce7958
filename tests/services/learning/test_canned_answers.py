"""Ready answers: kept once, looked at, sent to one student with a press."""

import pytest

from core.db.models.messaging import canned_replies
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import PIECES, Room, assignment, lesson


@pytest.fixture
async def taken(room: Room) -> Room:
    """Work that an admin has before them, and the list of ready answers."""
    await room.open(lesson(1), assignment(stop=True), reviewers=1)
    await room.say("Here is my work")
    await room.press("👋 Take it", ADMIN)
    (shown,) = await room.press("💬 Ready answers", ADMIN)
    assert shown == say("canned-none", "en")
    await room.press("➕ New", ADMIN)
    return room


async def test_a_text_goes_with_the_students_name_once_for_each_time_it_is_offered(taken: Room) -> None:
    await taken.say("Well done, {{student.name}}!", ADMIN)
    (looked,) = await taken.press("Well done, {{student.name}}!", ADMIN)
    assert f"Well done, P{ANNA}!" in looked
    offer = taken.seen(ADMIN)[-1]
    for _ in range(2):
        await taken.press("📨 Send to the student", ADMIN, offer)
    told = [one.text for one in taken.seen(ANNA) if "Well done" in one.text]
    assert len(told) == 1
    assert f"Well done, P{ANNA}!" in told[0]
    assert taken.last(ADMIN, say("review-answered-decide", "en"))


async def test_media_are_copied(taken: Room) -> None:
    await taken.say(who=ADMIN, **PIECES["voice"])
    await taken.press("[voice]", ADMIN)
    await taken.press("📨 Send to the student", ADMIN)
    assert taken.seen(ANNA)[-1].method == "copyMessage"


async def test_one_is_deleted(taken: Room) -> None:
    await taken.say("Well done", ADMIN)
    await taken.press("Well done", ADMIN)
    (shown,) = await taken.press("🗑 Delete", ADMIN)
    assert shown == say("canned-none", "en")
    assert await taken.rows(canned_replies) == []
