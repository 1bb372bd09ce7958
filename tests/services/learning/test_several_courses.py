"""One active course per person and bot: a second one asks, the first waits at its place, none loses anything."""

from typing import Any

import pytest

from core.db.models.learning import run_steps, runs
from core.lifecycle import TokenKind
from services.content.deployments import deploy_flow, open_to_all
from services.content.entry.tokens import TokenTerms, issue_token, revoke_token
from services.content.flows import publish_flow
from services.insight.students import list_students
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA
from tests.factories.sales import add_access
from tests.services.learning.room import Room, assignment, lesson

SWITCH, STAY = "Go to “Course second”", "Stay in “Course words”"


async def second(room: Room, terms: TokenTerms | None = None, slug: str = "second") -> str:
    """Another course on the same bot; gives the start payload of its link."""
    steps = [lesson(1, messages=[{"text": f"{slug} 1"}]), lesson(2, messages=[{"text": f"{slug} 2"}])]
    async with room.db.unit(1) as uow:
        version = await publish_flow(uow, make_course(slug, steps=steps))
        deployment = await deploy_flow(uow, version.flow_id, COURSE_BOT)
        if terms is None:
            return await open_to_all(uow, deployment)
        return (await issue_token(uow, deployment, terms)).payload


async def statuses(room: Room) -> list[str]:
    return [row.status for row in sorted(await room.rows(runs), key=lambda row: row.id)]


async def answers(room: Room, *, run_id: int) -> list[Any]:
    return [row.answer for row in await room.rows(run_steps, run_id=run_id) if row.answer]


@pytest.fixture
async def taken(room: Room) -> Room:
    """They are in the first course and have opened the link of the second."""
    await room.open(lesson(1), lesson(2), lesson(3))
    (asked,) = await room.say(f"/start {await second(room)}")
    assert asked.startswith("You are taking “Course words”. Shall we go on with “Course second” now?")
    return room


async def test_a_second_course_waits_until_she_chooses(taken: Room) -> None:
    assert await statuses(taken) == ["active", "parked"]
    assert await taken.press(STAY) == ["All stays as it is. /courses shows your courses whenever you like."]
    assert (await taken.pass_time(days=1))[0] == "Lesson 2"
    assert await statuses(taken) == ["active", "parked"]


async def test_the_first_course_is_parked_with_its_place_and_its_timers_say_nothing(taken: Room) -> None:
    assert (await taken.press(SWITCH))[0] == "second 1"
    assert await statuses(taken) == ["parked", "active"]
    assert [one for one in await taken.pass_time(days=1) if "Lesson" in one] == []
    assert "second 2" in [call.text for call in taken.seen(ANNA)]


async def test_a_parked_course_comes_back_without_a_burst(taken: Room) -> None:
    await taken.press(SWITCH)
    await taken.pass_time(days=5)
    (listed,) = await taken.say("/courses")
    assert listed == "Your courses\n\nCourse second: finished\nCourse words: waits for you".replace(
        "Your courses", "<b>Your courses</b>"
    )
    back = await taken.press("Go to “Course words”")
    assert [one for one in back if one.startswith("Lesson")] == ["Lesson 2"]
    assert await taken.pass_time(hours=23) == []
    assert (await taken.pass_time(hours=1))[0] == "Lesson 3"


async def test_what_was_not_due_while_parked_comes_in_its_time(taken: Room) -> None:
    await taken.press(SWITCH)
    await taken.pass_time(hours=1)
    await taken.say("/courses")
    await taken.press("Go to “Course words”")
    assert [one for one in await taken.pass_time(hours=22) if "Lesson" in one] == []
    assert [one for one in await taken.pass_time(hours=1) if "Lesson" in one] == ["Lesson 2"]


async def test_a_bare_start_goes_on_with_the_active_course(taken: Room) -> None:
    assert await taken.say("/start") == ["Welcome back! This is where you were:", "Lesson 1"]
    await taken.press(SWITCH)
    assert await taken.say("/start") == ["Welcome back! This is where you were:", "second 1"]


async def test_a_bare_start_lists_hers_when_none_is_active(taken: Room) -> None:
    await taken.press(SWITCH)
    await taken.pass_time(days=3)
    assert (await taken.say("/start"))[0].startswith("<b>Your courses</b>")


async def test_an_old_switch_does_nothing_twice(taken: Room) -> None:
    question = taken.last(ANNA, "Shall we go on")
    await taken.press(SWITCH, holder=question)
    assert await taken.press(SWITCH, holder=question) == []
    assert taken.desk.alerts[-1].startswith("This button")
    assert await statuses(taken) == ["parked", "active"]


async def test_writing_goes_to_the_active_course_alone(room: Room) -> None:
    await room.open(lesson(1), assignment(), lesson(2))
    await room.say(f"/start {await second(room)}")
    await room.press(SWITCH)
    await room.say("My work")
    assert await answers(room, run_id=1) == ["parked"]


async def test_a_course_without_access_is_not_switched_to(taken: Room) -> None:
    await taken.press(SWITCH)
    await taken.revoke()
    await taken.say("/courses")
    assert await taken.press("Go to “Course words”") == []
    assert taken.desk.alerts[-1].startswith("Your access to the course is closed now")
    assert await statuses(taken) == ["parked", "active"]


async def test_restart_begins_anew_and_keeps_what_was(room: Room) -> None:
    await room.open(lesson(1), assignment(), lesson(2))
    await room.say("My work")
    before = await room.rows(run_steps)
    (asked,) = await room.say("/restart")
    assert asked.startswith("Shall “Course words” begin anew")
    assert (await room.press("No"))[0].startswith("All stays as it is")
    assert (await room.press("Begin anew"))[0] == "Lesson 1"
    assert await statuses(room) == ["stopped", "active"]
    assert await room.rows(run_steps, run_id=1) == before
    assert [row.access_id for row in await room.rows(runs)] == [room.access_id] * 2
    said = await room.pass_time(days=3)
    assert said.count("Lesson 2") == 1  # by the new run; nothing comes of the old one's timers


async def test_an_old_restart_does_nothing_twice(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    await room.say("/restart")
    question = room.last(ANNA, "begin anew")
    await room.press("Begin anew", holder=question)
    assert await room.press("Begin anew", holder=question) == []
    assert await statuses(room) == ["stopped", "active"]


async def test_a_completed_course_begins_anew(room: Room) -> None:
    await room.open(lesson(1), rights=("questions",))
    assert await statuses(room) == ["completed"]
    assert (await room.say("/start"))[0].startswith("You have finished this course")
    await room.press("Begin anew")
    assert (await room.press("Begin anew"))[0] == "Lesson 1"
    assert await statuses(room) == ["completed", "completed"]


async def test_a_course_begun_anew_from_the_list_parks_the_active_one(room: Room) -> None:
    await room.open(lesson(1))
    await room.say(f"/start {await second(room)}")
    await room.say("/courses")
    await room.press("“Course words” once more")
    await room.press("Begin anew")
    assert await statuses(room) == ["completed", "parked", "completed"]


async def test_the_mark_of_her_token_stays_on_the_run_and_on_the_next(room: Room) -> None:
    await room.open(rights=None)
    terms = TokenTerms(TokenKind.EXTERNAL, 1, external_id="crm-17", utm={"utm_source": "blog"})
    await room.say(f"/start {await second(room, terms)}")
    await room.say("/restart")
    await room.press("Begin anew")
    rows = await room.rows(runs)
    assert [(row.external_id, row.utm) for row in rows] == [("crm-17", {"utm_source": "blog"})] * 2
    assert {row.token_id for row in rows} == {1}


@pytest.mark.parametrize("payload", ["second__utmsblog__utmcspring", "second", "s_second"])
async def test_a_link_of_the_older_platform_opens_a_course_that_is_open_to_all(
    room: Room, payload: str
) -> None:
    await room.open(rights=None)
    await second(room)
    assert (await room.say(f"/start {payload}"))[0] == "second 1"
    (run,) = await room.rows(runs)
    marks = {"utm_source": "blog", "utm_campaign": "spring"} if "utm" in payload else None
    assert (run.utm, run.token_id) == (marks, 1)


async def test_a_link_of_the_older_platform_does_not_open_what_is_bought(room: Room) -> None:
    await room.open(lesson(1), rights=None)
    assert (await room.say("/start words__utmsblog"))[0].startswith("The course is open to those who bought")
    assert await room.rows(runs) == []


async def test_a_buyer_comes_by_a_link_of_the_older_platform(room: Room) -> None:
    await room.open(lesson(1), lesson(2), rights=None)
    async with room.db.unit(1) as uow:
        await add_access(uow, room.contact_id, room.tariff_id)
    assert (await room.say("/start words__utmsblog"))[0] == "Lesson 1"
    (run,) = await room.rows(runs)
    assert run.utm == {"utm_source": "blog"}


async def test_a_closed_public_link_closes_the_older_links_as_well(room: Room) -> None:
    await room.open(rights=None)
    await second(room)
    async with room.db.unit(1) as uow:
        await revoke_token(uow, 1)
    assert (await room.say("/start second"))[0].startswith("The course is open to those who bought")


async def test_who_is_where_looks_at_the_active_course(taken: Room) -> None:
    await taken.press(SWITCH)
    async with taken.db.unit(1) as uow:
        (student,) = (await list_students(uow)).shown
    assert student.stage is not None
    assert student.stage.course == {"*": "Course second"}
