"""`/start` among several scenarios: how they stand in the one it names × where they are now × whether there is such a one."""

from typing import Any

import pytest

from core.db.models.learning import runs
from core.lifecycle import BotKind
from services.content import scenarios
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.learning.enrollment.scenarios import delete_scenario
from services.people.consents import VERSION
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_scenario
from tests.factories.persons import ANNA, add_consent, add_contact
from tests.factories.rows import read_rows
from tests.services.learning.room import Room, texts

UNKNOWN = "This link no longer opens anything"


def steps(name: str) -> list[dict[str, Any]]:
    """Three messages an hour apart."""
    found: list[dict[str, Any]] = []
    for number in (1, 2, 3):
        found.append({"key": f"m{number}", "type": "message", "text": f"{name} {number}"})
        found.append({"key": f"d{number}", "type": "delay", "wait": "1h"})
    return found[:-1]


class Funnel:
    """Two scenarios on the sales bot, `first` is the default; Anna has agreed and is in none."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def open(self) -> None:
        async with self.room.db.unit(1) as uow:
            await add_bot(uow, SALES_BOT, BotKind.SALES)
            await add_bot(uow, COURSE_BOT, BotKind.COURSE)
            for slug in ("first", "second"):
                flow = make_scenario(slug, steps=steps(slug), summary={"text": f"{slug} in short"})
                version = await publish_flow(uow, flow)
                await deploy_flow(uow, version.flow_id, SALES_BOT)
            contact = await add_contact(uow, language="en")
            await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)

    async def start(self, slug: str = "") -> list[str]:
        calls = await self.room.desk.write(f"/start {slug}".strip(), ANNA, SALES_BOT)
        return texts(calls, ANNA)

    async def pass_hours(self, number: float) -> list[str]:
        return await self.room.pass_time(hours=number)

    async def statuses(self) -> list[str]:
        return [row.status for row in await read_rows(self.room.db, runs)]


@pytest.fixture
async def funnel(room: Room) -> Funnel:
    made = Funnel(room)
    await made.open()
    return made


async def bring_to(funnel: Funnel, state: str) -> None:
    """Let them stand so in `second`."""
    if state != "not_started":
        assert await funnel.start("second") == ["second 1"]
    if state in {"stopped", "completed"}:
        assert await funnel.pass_hours(1) == ["second 2"]
    if state == "completed":
        assert await funnel.pass_hours(1) == ["second 3", "second in short"]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["alone", "in another one"])
@pytest.mark.parametrize(
    ("state", "said", "later"),
    [
        ("not_started", ["second 1"], ["second 2"]),
        ("stopped", [], ["second 3", "second in short"]),
        ("completed", ["second in short"], []),
    ],
)
async def test_a_known_id(
    funnel: Funnel, state: str, said: list[str], later: list[str], *, elsewhere: bool
) -> None:
    await bring_to(funnel, state)
    if state == "stopped" and not elsewhere:
        await funnel.start("first")
        await finish(funnel)
    if elsewhere:
        assert await funnel.start("first") == ["first 1"]
    assert await funnel.start("second") == said
    heard = await funnel.pass_hours(1)
    if state == "completed" and elsewhere:
        assert heard == ["first 2"], "the summary disturbs nothing"
    else:
        assert heard == later


async def finish(funnel: Funnel) -> None:
    """The current one runs to its end, so that none is current."""
    for _ in range(3):
        await funnel.pass_hours(1)


async def test_the_current_one_says_its_last_message_again_and_its_time_stays(funnel: Funnel) -> None:
    await funnel.start("second")
    await funnel.pass_hours(0.5)
    assert await funnel.start("second") == ["second 1"]
    assert await funnel.pass_hours(0.5) == ["second 2"]


async def test_one_that_was_left_counts_its_time_from_now(funnel: Funnel) -> None:
    await funnel.start("second")
    await funnel.pass_hours(0.9)
    await funnel.start("first")
    assert await funnel.statuses() == ["stopped", "active"]
    assert await funnel.pass_hours(0.5) == []
    assert await funnel.start("second") == []
    assert await funnel.pass_hours(0.9) == []
    assert await funnel.pass_hours(0.1) == ["second 2"]
    assert sorted(await funnel.statuses()) == ["active", "stopped"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("not_started", ["first 1"]),
        ("current", ["first 1"]),
        ("completed", ["first in short"]),
        ("stopped", []),
    ],
)
async def test_an_unknown_id_is_said_and_the_default_goes_by_the_same_rule(
    funnel: Funnel, state: str, said: list[str]
) -> None:
    if state != "not_started":
        await funnel.start()
    if state == "completed":
        await finish(funnel)
    if state == "stopped":
        await funnel.start("second")
    heard = await funnel.start("nowhere")
    assert sum(UNKNOWN in one for one in heard) == 1
    assert [one for one in heard if UNKNOWN not in one] == said


async def test_a_closed_one_is_begun_by_nobody_and_finished_by_who_is_inside(funnel: Funnel) -> None:
    await funnel.start("second")
    async with funnel.room.db.unit(1) as uow:
        await scenarios.set_active(uow, SALES_BOT, "second", active=False)
    assert await funnel.pass_hours(1) == ["second 2"]
    assert await funnel.start("second") == ["second 2"]
    await funnel.start("first")
    assert await funnel.start("second") == []
    assert await funnel.pass_hours(1) == ["second 3", "second in short"]


async def test_without_an_id_it_is_the_chosen_default(funnel: Funnel) -> None:
    async with funnel.room.db.unit(1) as uow:
        await scenarios.set_default(uow, SALES_BOT, "second")
    assert await funnel.start() == ["second 1"]


async def test_who_is_in_a_deleted_one_is_stopped(funnel: Funnel) -> None:
    await funnel.start("second")
    async with funnel.room.db.unit(1) as uow:
        await delete_scenario(uow, SALES_BOT, "second")
        assert [one.slug for one in await scenarios.list_scenarios(uow, SALES_BOT)] == ["first"]
    assert await funnel.pass_hours(2) == []
    assert await funnel.statuses() == ["stopped"]
    assert "first 1" in await funnel.start("second")
