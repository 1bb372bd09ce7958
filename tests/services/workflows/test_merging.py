"""Two accounts of one person become one: all goes over once, and a second time changes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from core.db.models.commerce import accesses, orders
from core.db.models.commerce_plans import subscriptions
from core.db.models.learning import questions, runs
from core.db.models.messaging import notes
from core.db.models.people import tags
from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from services.people import variables
from services.people.consents import VERSION
from services.people.contacts import find_by_telegram_id
from services.people.schemas import Contact
from services.workflows.person.merging import Moved, merge
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.persons import ANNA, add_consent, add_contact, add_tag, add_variable
from tests.factories.rows import add_row, dump_rows, read_rows
from tests.factories.sales import add_access, add_order, add_payment, add_subscription
from tests.fakes.clock import StillClock
from tests.services.learning.room import Room, assignment, lesson

OTHER = 500_777


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN,))


@pytest.fixture
async def room(db: Database, clock: StillClock) -> Room:
    """Anna studies under one account; another one has bought something."""
    made = Room(db, clock, Desk(db))
    await made.open(lesson(1), assignment(stop=True))
    await made.say("/ask Why?")
    async with db.unit(1) as uow:
        anna = await find_by_telegram_id(uow, ANNA)
        assert anna is not None
        await add_order(uow, anna, made.tariff_id, status="paid")
        await add_tag(uow, anna.id, name="vip")
        await add_variable(uow, anna.id, name="city", value="Riga")
        await add_variable(uow, anna.id, name="goal", value="French")
        note = {"contact_id": anna.id, "author_id": ADMIN, "text": "Prefers voice", "at": uow.now}
        await add_row(uow, notes, note, {})
        other = await add_contact(uow, OTHER, language="en")
        await add_variable(uow, other.id, name="city", value="Oslo")
    return made


async def people(uow: Any) -> tuple[Contact, Contact]:
    giver, heir = await find_by_telegram_id(uow, ANNA), await find_by_telegram_id(uow, OTHER)
    assert giver is not None
    assert heir is not None
    return giver, heir


async def test_all_goes_over_once(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        assert await merge(uow, giver, heir) == Moved(orders=1, accesses=1, runs=1, notes=1, tags=1)
        assert await variables.load_variables(uow, heir.id) == {"city": "Oslo", "goal": "French"}
    for table in (orders, accesses, runs, questions, notes, tags):
        assert {row.contact_id for row in await read_rows(room.db, table)} == {heir.id}
    assert {row.chat_id for row in await read_rows(room.db, runs)} == {OTHER}
    before = await dump_rows(room.db)
    async with room.db.unit(1) as uow:
        assert (await merge(uow, giver, heir)).is_nothing
    assert await dump_rows(room.db) == before


async def test_the_heirs_course_goes_on_and_the_givers_waits_beside_it(room: Room) -> None:
    async with room.db.unit(1) as uow:
        heir = (await people(uow))[1]
        await add_access(uow, heir.id, room.tariff_id)
        await add_consent(uow, heir.id, version=VERSION, payload="", given_at=uow.now)
    await room.say("/start", OTHER)
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        await merge(uow, giver, heir)
    rows = await read_rows(room.db, runs)
    assert {row.contact_id for row in rows} == {heir.id}
    assert sorted(row.status for row in rows) == ["active", "parked"]


async def test_nobody_is_merged_with_themself(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, _ = await people(uow)
        with pytest.raises(DomainError, match="SAME_PERSON"):
            await merge(uow, giver, giver)


async def test_an_admin_merges_after_a_question_and_it_is_written_down(room: Room) -> None:
    await room.say(f"/find {OTHER}", ADMIN)
    await room.press("🔗 Second account", ADMIN)
    (unread,) = await room.say("Zoe", ADMIN)
    assert "exactly one" in unread
    (asked,) = await room.say(str(ANNA), ADMIN)
    assert "Orders: 1, open tariffs: 1" in asked
    (done,) = await room.press("Yes, move all of it", ADMIN)
    assert "orders 1, tariffs 1, courses 1" in done
    (deed,) = await room.rows(audit_log)
    assert str(ANNA) in deed.before
    assert str(OTHER) in deed.after


async def test_a_subscription_goes_over_beside_an_ended_one_of_the_same_tariff(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        for number, state in enumerate(("ended", "active"), start=1):
            order = await add_order(uow, giver, room.tariff_id, status="paid", public_id=f"SUB{number}")
            paid = await add_payment(uow, order, status="succeeded", external_id=f"p{number}")
            access = await add_access(uow, giver.id, room.tariff_id, payment_id=paid)
            await add_subscription(uow, giver.id, room.tariff_id, order, access, state=state)
        await merge(uow, giver, heir)
    assert {row.contact_id for row in await read_rows(room.db, subscriptions)} == {heir.id}


async def test_who_would_pay_twice_is_not_made_one(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        for number, person in enumerate((giver, heir), start=1):
            order = await add_order(uow, person, room.tariff_id, status="paid", public_id=f"SUB{number}")
            paid = await add_payment(uow, order, status="succeeded", external_id=f"p{number}")
            access = await add_access(uow, person.id, room.tariff_id, payment_id=paid)
            await add_subscription(uow, person.id, room.tariff_id, order, access, state="active")
    with pytest.raises(DomainError, match="TWO_SUBSCRIPTIONS"):
        async with room.db.unit(1) as uow:
            await merge(uow, giver, heir)
    assert {row.contact_id for row in await read_rows(room.db, subscriptions)} == {giver.id, heir.id}
    async with room.db.unit(1) as uow:
        stopped = subscriptions.update().values(cancelled_at=uow.now)
        await uow.conn.execute(stopped.where(subscriptions.c.contact_id == giver.id))
        assert (await merge(uow, giver, heir)).orders


async def test_what_went_over_can_come_back(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        moved = await merge(uow, giver, heir)
        assert await merge(uow, heir, giver) == moved


async def test_an_open_order_opens_for_the_heir(room: Room) -> None:
    async with room.db.unit(1) as uow:
        giver, heir = await people(uow)
        await add_order(uow, giver, room.tariff_id, status="open", public_id="OPEN1")
        await merge(uow, giver, heir)
    (row,) = await read_rows(room.db, orders, public_id="OPEN1")
    assert (row.contact_id, row.chat_id) == (heir.id, OTHER)


async def test_what_was_taken_from_the_heir_by_hand_does_not_keep_the_givers(room: Room) -> None:
    async with room.db.unit(1) as uow:
        _, heir = await people(uow)
        taken = await add_access(uow, heir.id, room.tariff_id, status="revoked")
        giver, heir = await people(uow)
        assert (await merge(uow, giver, heir)).accesses == 1
    (row,) = await read_rows(room.db, accesses, contact_id=heir.id)
    assert (row.id, row.status) == (taken, "active")
    (run,) = await read_rows(room.db, runs)
    assert (run.contact_id, run.access_id) == (heir.id, taken)
    assert await room.say("/progress", OTHER)
