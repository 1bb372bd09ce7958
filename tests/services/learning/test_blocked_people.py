"""Somebody whom the team has blocked: one sentence, nothing else, until they are let in again."""

from core.db.models.tenancy import audit_log
from tests.bots.admin.desk import ADMIN
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, lesson

SENTENCE = "You cannot write to this bot."


async def test_who_is_blocked_gets_one_sentence_and_goes_on_when_let_in(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    first = room.last(ANNA, "Lesson 1")
    await room.say(f"/find {ANNA}", ADMIN)
    await room.press("🚫 Block", ADMIN)
    (told,) = await room.press("Yes", ADMIN)
    assert told.startswith("🚫 Blocked.")
    assert "🚫 Blocked since" in told
    room.desk.alerts.clear()
    assert await room.say("Hello?") == []
    assert room.desk.alerts == [SENTENCE]
    await room.press("✅ Done", holder=first)
    assert room.desk.alerts[-1] == SENTENCE
    assert await room.pass_time(days=2) == []
    (told,) = await room.press("✅ Let in again", ADMIN)
    assert told.startswith("✅ Let in again.")
    assert "Lesson 2" in "".join(await room.say("/start") + await room.pass_time(days=1))
    deeds = [row.said for row in await room.rows(audit_log)]
    assert [deed.split()[-1] for deed in deeds] == ["sure-1-block", "unblock-1"]


async def test_nobody_of_the_team_is_blocked(room: Room) -> None:
    await room.open(lesson(1))
    await room.say(f"/find {ADMIN}", ADMIN)
    await room.press("🚫 Block", ADMIN)
    (told,) = await room.press("Yes", ADMIN)
    assert "role in the team" in told
