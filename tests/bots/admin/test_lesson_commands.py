"""The last lesson again, the next one now."""

import pytest

from core.db.session import Database
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.learning.runs.runs import NewRun, start_run
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_chat
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock

DONE = "✅ Готово"


def lesson(day: int) -> dict[str, object]:
    return {
        "key": f"day{day}",
        "type": "lesson",
        "title": f"Day {day}",
        "drip": {"day": day},
        "messages": [{"text": f"Lesson {day}"}, {"text": f"More of {day}"}],
    }


@pytest.fixture
async def student(db: Database, shop: Shop, desk: Desk) -> int:
    """Somebody who has had the first lesson of three."""
    course = make_course("long", steps=[*(lesson(day) for day in (1, 2, 3))])
    async with db.unit(1) as uow:
        version = await publish_flow(uow, course)
        await deploy_flow(uow, version.flow_id, COURSE_BOT)
        await add_chat(uow, COURSE_BOT, shop.buyer)
        await start_run(uow, NewRun(shop.buyer, Address(COURSE_BOT, ANNA), version))
    await desk.deliver()
    return ANNA


def heard(desk: Desk) -> list[str]:
    return [one.text for one in lessons(desk)]


def lessons(desk: Desk) -> list[Call]:
    """What they were taught; other questions of the course are left out."""
    to_her = [one for one in desk.calls if one.chat == ANNA]
    return [one for one in to_her if one.text.startswith(("Lesson", "More"))]


async def test_the_last_lesson_comes_again_whole_and_as_often_as_wanted(desk: Desk, student: int) -> None:
    for times in (2, 3):
        await desk.write(f"/resend {student}")
        assert heard(desk) == ["Lesson 1", "More of 1"] * times


async def test_the_repeated_lesson_has_its_button(desk: Desk, student: int) -> None:
    await desk.write(f"/resend {student}")
    repeated = lessons(desk)[-1]
    assert DONE in repeated.buttons
    await desk.press(DONE, ANNA, repeated)
    assert desk.alerts == ["✅ Noted."]  # their Telegram speaks English now, and they have chosen no language


async def test_the_next_lesson_comes_now_and_only_that_one(
    desk: Desk, student: int, clock: StillClock
) -> None:
    await desk.write(f"/open {student}")
    assert heard(desk)[2:] == ["Lesson 2", "More of 2"]
    clock.advance(days=1, minutes=1)
    await desk.tick()
    assert heard(desk)[4:] == []
    clock.advance(days=1)
    await desk.tick()
    assert heard(desk)[4:] == ["Lesson 3", "More of 3"]


async def test_after_the_last_one_nothing_waits(desk: Desk, student: int) -> None:
    await desk.write(f"/open {student}")
    await desk.write(f"/open {student}")
    said = await desk.write(f"/open {student}")
    assert "no lesson waits" in next(one for one in said if one.chat == ADMIN).text
