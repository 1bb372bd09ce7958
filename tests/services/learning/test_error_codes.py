"""Every error code that the older bot promised has something that causes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from core.db.models.delivery import outbox, timers
from core.db.models.people import contacts
from core.db.session import UnitOfWork
from core.errors import DomainError
from core.flow.definition import parse_flow
from core.lifecycle import BotKind
from core.text.template import render_template
from services.content import scenarios
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.sending.dead_letters import list_dead_letters
from services.delivery.speech import Address, Screen
from services.delivery.timers import set_timer
from services.learning.enrollment.scenarios import begin_scenario, delete_scenario
from services.learning.runs import runs
from services.learning.study import lessons
from services.people.contacts import get_contact
from services.people.schemas import Contact
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.persons import ANNA, add_contact
from tests.services.learning.room import Room

TO = Address(SALES_BOT, ANNA)
WAITS = [{"key": "w", "type": "delay", "wait": "1d"}, {"key": "m", "type": "message", "text": "Hi"}]


@dataclass
class Place:
    uow: UnitOfWork
    anna: Contact


async def unknown_scenario(place: Place) -> None:
    await scenarios.get_scenario(place.uow, SALES_BOT, "gone")


async def active_already(place: Place) -> None:
    chosen = await scenarios.get_scenario(place.uow, SALES_BOT, "first")
    await begin_scenario(place.uow, place.anna, TO, chosen)
    await begin_scenario(place.uow, place.anna, TO, chosen)


async def default_deleted(place: Place) -> None:
    await delete_scenario(place.uow, SALES_BOT, "first")


async def no_such_message(place: Place) -> None:
    chosen = await scenarios.get_scenario(place.uow, SALES_BOT, "first")
    entered = await begin_scenario(place.uow, place.anna, TO, chosen)
    await runs.put_at(place.uow, entered.run_id, "gone")


async def broken_template(place: Place) -> None:
    del place
    render_template("{{scenario.gone}}", {})


async def unknown_user(place: Place) -> None:
    await get_contact(place.uow, 404)


async def not_paid(place: Place) -> None:
    await lessons.show_progress(place.uow, place.anna, Screen(Address(COURSE_BOT, ANNA), "key"))


CAUSES: dict[str, Callable[[Place], Awaitable[None]]] = {
    "SCENARIO_NOT_FOUND": unknown_scenario,
    "SCENARIO_ALREADY_ACTIVE": active_already,
    "INVALID_SCENARIO_STATE": default_deleted,
    "MESSAGE_NOT_FOUND": no_such_message,
    "TEMPLATE_RENDER_FAILED": broken_template,
    "USER_NOT_FOUND": unknown_user,
    "PAYMENT_REQUIRED": not_paid,
}


@pytest.fixture
async def place(room: Room) -> Room:
    async with room.db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        flow = parse_flow({"kind": "scenario", "slug": "first", "name": "First", "steps": WAITS})
        await deploy_flow(uow, (await publish_flow(uow, flow)).flow_id, SALES_BOT)
        await add_contact(uow, language="en")
    return room


async def test_each_is_caused_and_leaves_nothing_behind(place: Room) -> None:
    [anna] = await place.rows(contacts)
    for code, cause in CAUSES.items():
        with pytest.raises(DomainError) as refusal:
            async with place.db.unit(1) as uow:
                await cause(Place(uow, await get_contact(uow, anna.id)))
        assert refusal.value.code == code
        assert await place.rows(outbox) == await place.rows(timers) == []


async def test_a_schedule_that_fails_again_and_again_is_a_dead_letter_of_that_code(place: Room) -> None:
    async with place.db.unit(1) as uow:
        await set_timer(uow, "run", "run:404:1:delay", uow.now, {"run_id": 404, "visit": 1, "name": "delay"})
    for _ in range(6):
        await place.pass_time(hours=1)
    [letter] = await list_dead_letters(place.db, 1)
    assert letter.error.startswith("SCHEDULE_FAILED: ")
    assert "RUN_NOT_FOUND" in letter.error
