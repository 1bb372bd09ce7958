"""A person's next message belongs to what was asked for last, and what was asked for before is dropped."""

from datetime import timedelta
from itertools import permutations

import pytest

from core.db.models.learning import questions, run_steps
from core.db.models.messaging import broadcasts
from core.db.models.people import awaited_inputs, contacts
from core.lifecycle import AwaitedKind
from core.text.catalog import say
from services.delivery.speech import Address
from services.people import awaited
from services.people.consents import VERSION
from tests.bots.admin.desk import ADMIN
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA, add_consent
from tests.factories.sales import add_access
from tests.services.learning.room import Room, lesson

WORDS = "Kathmandu"  # a question, a city or a message to everybody
READY = {"key": "ready", "type": "message", "text": "Ready?", "button": "Go"}
KINDS = [AwaitedKind.QUESTION, AwaitedKind.ZONE, AwaitedKind.BROADCAST]  # one of each hand that takes them
OTHERS = sorted(awaited.TOLD.difference(KINDS))
ASKS = {"key": "goal", "type": "input", "text": "What is your goal?"}


@pytest.fixture
async def student(room: Room) -> Room:
    """An admin who takes the course: one person of whom all these things can be asked."""
    await room.open(lesson(1), READY, ASKS)
    await room.desk.write("/start", ADMIN, COURSE_BOT)
    (admin,) = await room.rows(contacts, telegram_id=ADMIN)
    async with room.db.unit(1) as uow:
        await uow.conn.execute(contacts.update().where(contacts.c.id == admin.id).values(language="en"))
        await add_consent(uow, admin.id, version=VERSION, payload="", given_at=uow.now)
        await add_access(uow, admin.id, room.tariff_id)
    await room.say("/start", ADMIN)
    return room


async def ask_for(room: Room, kind: str) -> list[str]:
    """Make the bot ask the admin for something."""
    room.clock.advance(seconds=1)
    if kind == "question":
        return await room.say("/ask", ADMIN)
    if kind == "broadcast":
        return await room.say("/broadcast", ADMIN)
    await room.say("/settings", ADMIN)
    await room.press("Time zone", ADMIN)
    return await room.press("No, another time", ADMIN)


async def taken_as(room: Room) -> set[str]:
    """Which of the things was given by now."""
    (admin,) = await room.rows(contacts, telegram_id=ADMIN)
    asked = [row for row in await room.rows(questions) if row.status == "asked"]
    filled = [row for row in await room.rows(broadcasts) if row.definition]
    given = {"question": asked, "broadcast": filled, "zone": admin.zone == "Asia/Kathmandu"}
    return {kind for kind, is_given in given.items() if is_given}


@pytest.mark.parametrize(("older", "newer"), list(permutations(KINDS, 2)))
async def test_of_two_the_newer_is_given_and_the_older_dropped(
    student: Room, older: AwaitedKind, newer: AwaitedKind
) -> None:
    await ask_for(student, older)
    told = await ask_for(student, newer)
    if older in awaited.TOLD:
        assert say(f"awaited-no-more-{older}", "en") in told
    await student.say(WORDS, ADMIN)
    assert await taken_as(student) == {newer}
    await student.say(WORDS, ADMIN)
    assert await taken_as(student) == {newer}
    assert await student.rows(awaited_inputs) == []


@pytest.mark.parametrize("older", OTHERS)
async def test_what_a_shop_asks_for_is_given_up_in_words_too(student: Room, older: AwaitedKind) -> None:
    async with student.db.unit(1) as uow:
        await awaited.expect(uow, Address(COURSE_BOT, ADMIN), older, timedelta(hours=1))
    assert say(f"awaited-no-more-{older}", "en") in await ask_for(student, AwaitedKind.QUESTION)
    assert [row.kind for row in await student.rows(awaited_inputs)] == [AwaitedKind.QUESTION]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_command_is_none_of_it_and_too_late_is_late(student: Room, kind: AwaitedKind) -> None:
    await ask_for(student, kind)
    await student.say("/progress", ADMIN)
    assert await taken_as(student) == set()
    student.clock.advance(hours=2)
    await student.say(WORDS, ADMIN)
    assert await taken_as(student) == set()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_flow_asks_later_is_answered_by_the_next_words(student: Room, kind: AwaitedKind) -> None:
    await ask_for(student, kind)
    student.clock.advance(seconds=1)
    await student.press("Go", ADMIN)
    told = await student.say(WORDS, ADMIN)
    assert await taken_as(student) == set()
    assert (say(f"awaited-no-more-{kind}", "en") in told) is (kind in awaited.TOLD)
    assert await student.rows(awaited_inputs) == []
    (answer,) = [row.answer for row in await student.rows(run_steps, step="goal") if row.answer]
    assert WORDS in str(answer)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_flow_has_asked_before_waits_for_the_words_after(
    student: Room, kind: AwaitedKind
) -> None:
    await student.press("Go", ADMIN)
    await ask_for(student, kind)
    await student.say(WORDS, ADMIN)
    assert await taken_as(student) == {kind}
    await student.say("To write", ADMIN)
    (answer,) = [row.answer for row in await student.rows(run_steps, step="goal") if row.answer]
    assert "To write" in str(answer)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_talk_that_begins_later_takes_the_words(student: Room, kind: AwaitedKind) -> None:
    await ask_for(student, kind)
    told = await student.say(f"/talk {ANNA}", ADMIN)
    assert (say(f"awaited-no-more-{kind}", "en") in told) is (kind in awaited.TOLD)
    await student.say(WORDS, ADMIN)
    assert student.seen(ANNA)[-1].text == WORDS
    assert await taken_as(student) == set()
    await ask_for(student, kind)
    await student.say(WORDS, ADMIN)
    assert await taken_as(student) == {kind}
