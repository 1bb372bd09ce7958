"""What the record of deeds holds: one line for each, none for what was refused, asked or looked at."""

import pytest

from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.roles import MemberRole
from services.tenancy.members import add_member, remove_member
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.fakes.clock import StillClock
from tests.services.learning.room import Room, assignment, lesson

CURATOR = 1090
NOTHING_DONE = (
    f"/skip {ANNA * 2}", "/skip", "/sendback", f"/sendback {ANNA} nowhere", f"/hold {ANNA} soon", f"/resume {ANNA}",
    f"/give {ANNA} none", f"/revoke {ANNA}", "/refund", "/refund NONE", "/promos", "/promos X", "/promos X 200%",
    "/partners", "/commission", "/token", "/token of-no-kind", "/revoketoken 999", "/participants", "/create", "/edit",
    "/edit nothing", "/set_default_scenario", "/set_default_scenario none", "/delete_scenario none",
    "/revokecertificate", "/revokecertificate NONE", f"/pardon {ANNA * 2}",
)  # fmt: skip


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    """Anna's work waits for a curator."""
    made = Room(db, clock, Desk(db))
    await made.open(lesson(1), assignment(stop=True), lesson(2))
    async with db.unit(1) as uow:
        await add_member(uow, CURATOR, MemberRole.CURATOR)
    await made.desk.write("/start", CURATOR, COURSE_BOT)
    await made.say("My work")
    return made


async def deeds(room: Room) -> list[tuple[int, str]]:
    return [(row.actor_id, row.act) for row in await room.rows(audit_log)]


async def test_what_changes_nothing_is_no_deed(room: Room) -> None:
    for command in NOTHING_DONE:
        await room.say(command, ADMIN)
        assert await deeds(room) == [], command


async def test_what_is_done_with_words_is_a_deed_without_the_words(room: Room) -> None:
    await room.say(f"/find {ANNA}", ADMIN)
    for button, words in (("📝 Note", "Has a secret"), ("🏷 Tag", "x" * 65), ("🏷 Tag", "VIP")):
        await room.press(button, ADMIN)
        await room.say(words, ADMIN)
    rows = await room.rows(audit_log)
    assert [(row.act, row.contact_id) for row in rows] == [
        ("note", room.contact_id),
        ("tag", room.contact_id),
    ]
    assert not [row for row in rows if "secret" in row.said]


async def test_only_what_is_taken_and_decided_is_a_deed(room: Room) -> None:
    await room.say("/review", CURATOR)
    await room.press("👋 Take the oldest", CURATOR)
    assert await deeds(room) == [(CURATOR, "qu")]
    await room.press("✅ Accept", ADMIN)
    assert room.desk.alerts[-1] == f"P{CURATOR} has this until 11:00."
    async with room.db.unit(1) as uow:
        await remove_member(uow, CURATOR, MemberRole.CURATOR)
    await room.press("✅ Accept", CURATOR)
    assert "Work is decided by" in room.desk.alerts[-1]
    assert await deeds(room) == [(CURATOR, "qu")]
    await room.press("✅ Accept", ADMIN)  # it waits for nobody who may not
    assert await deeds(room) == [(CURATOR, "qu"), (ADMIN, "rv")]
