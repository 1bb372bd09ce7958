"""One person on one screen: found by anything they are known by, changed by who may."""

from datetime import timedelta

import pytest

from core.db.models.commerce import accesses
from core.db.models.commerce_money import payers
from core.db.models.messaging import notes
from core.db.models.people import contacts, tags
from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.roles import MemberRole
from services.people.contacts import get_contact
from services.tenancy.members import add_member
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import add_row
from tests.factories.sales import add_order
from tests.fakes.clock import StillClock
from tests.services.learning.room import Room, assignment, lesson

ANALYST, OPERATOR = 1081, 1082


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    """Anna at the first lesson, known by an address and an order."""
    made = Room(db, clock, Desk(db))
    await made.open(lesson(1), assignment(stop=True), lesson(2), lesson(3))
    async with db.unit(1) as uow:
        [anna] = [row for row in await made.rows(contacts) if row.telegram_id == ANNA]
        receipt = {"contact_id": anna.id, "email": "anna@example.org", "phone": "+79991234567", "at": uow.now}
        await add_row(uow, payers, receipt, {})
        for who, role in ((ANALYST, MemberRole.ANALYST), (OPERATOR, MemberRole.OPERATOR)):
            await add_member(uow, who, role)
    return made


@pytest.mark.parametrize("words", [f"P{ANNA}"[:4], str(ANNA), "ANNA@example.org", "+7 (999) 123-45-67"])
async def test_a_person_is_found_by_whatever_they_are_known_by(room: Room, words: str) -> None:
    (shown,) = await room.say(f"/find {words}", ADMIN)
    assert str(ANNA) in shown
    assert "day 1" in shown
    assert "Task 1" in shown  # the last messages


async def test_an_order_finds_its_buyer(room: Room) -> None:
    async with room.db.unit(1) as uow:
        [anna] = [row for row in await room.rows(contacts) if row.telegram_id == ANNA]
        buyer = await get_contact(uow, anna.id)
        await add_order(uow, buyer, room.tariff_id, public_id="K7QF2M")
    (shown,) = await room.say("/find k7qf2m", ADMIN)
    assert "K7QF2M" in shown


async def test_nobody_and_nothing_are_answered_with_an_example(room: Room) -> None:
    assert "/find Anna" in (await room.say("/find", ADMIN))[0]
    assert "Nobody here goes by “Zoe”" in (await room.say("/find Zoe", ADMIN))[0]


async def test_lessons_are_moved_from_the_screen_and_written_down(room: Room) -> None:
    await room.say(f"/find {ANNA}", ADMIN)
    (changed,) = await room.press("⏭ Skip", ADMIN)
    assert "Pass over the step" in changed
    (changed,) = await room.press("Yes", ADMIN)
    assert "The step was passed over" in changed
    await room.press("▶️ Next lesson", ADMIN)
    assert any("Lesson 2" in one.text for one in room.seen(ANNA))
    await room.press("⏮ Send back", ADMIN)
    before = len(room.seen(ANNA))
    await room.press("Title 1", ADMIN)
    assert "Lesson 1" in room.seen(ANNA)[before].text
    acts = await room.rows(audit_log)
    assert [row.act for row in acts] == ["pn", "pn", "pn"]
    assert {row.contact_id for row in acts} == {room.contact_id}


async def test_a_pause_is_set_and_ended(room: Room) -> None:
    await room.say(f"/find {ANNA}", ADMIN)
    await room.press("⏸ Pause", ADMIN)
    (shown,) = await room.press("7 days", ADMIN)
    assert "(paused)" in shown
    (told,) = await room.press("▶️ Go on", ADMIN)
    assert "It goes on" in told
    (shown,) = await room.press("← The person", ADMIN)
    assert "(paused)" not in shown


async def test_a_note_and_a_tag_are_written(room: Room) -> None:
    await room.say(f"/find {ANNA}", ADMIN)
    await room.press("📝 Note", ADMIN)
    (shown,) = await room.say("Prefers voice", ADMIN)
    assert "📝 Prefers voice" in shown
    assert [row.text for row in await room.rows(notes)] == ["Prefers voice"]
    for there in (["vip"], []):
        await room.press("🏷 Tag", ADMIN)
        await room.say("VIP", ADMIN)
        assert [row.name for row in await room.rows(tags)] == there


async def test_everybody_sees_what_their_role_allows(room: Room) -> None:
    await room.desk.write("/start", OPERATOR, COURSE_BOT)
    await room.say(f"/find {ANNA}", OPERATOR)
    assert "✉️ Message" in room.seen(OPERATOR)[-1].buttons
    assert "⏭ Skip" not in room.seen(OPERATOR)[-1].buttons
    (refused,) = await room.say("/find Anna", ANALYST)
    assert "needs another role" in refused


async def test_an_access_ends_later_once_for_each_look_at_it(room: Room) -> None:
    async with room.db.unit(1) as uow:
        until = uow.now + timedelta(days=10)
        await uow.conn.execute(accesses.update().values(ends_at=until))
    await room.say(f"/find {ANNA}", ADMIN)
    await room.press("⏳ Extend", ADMIN)
    asked = room.seen(ADMIN)[-1]
    for _ in range(2):
        await room.press("Tariff basic: 30 days more", ADMIN, asked)
    (access,) = await room.rows(accesses)
    assert access.ends_at == until + timedelta(days=30)
