"""What a deployment collects is asked before the course begins, once per person, whatever happens between."""

from datetime import timedelta
from typing import Any

import pytest

from core.db.models.learning import runs
from core.text.catalog import say
from services.content.deployments import change_settings, open_to_all
from services.content.entry.cohorts import add_cohort
from services.content.entry.tokens import find_course, issue_token, read_terms
from services.people.variables import load_variables
from tests.factories.accounts import COURSE_BOT
from tests.services.learning.room import PIECES, Room, lesson

ADDRESS = "anna@example.com"


def english(key: str, **values: Any) -> str:
    return say(key, "en", values)


async def open_door(room: Room, *collect: str, **terms: str) -> str:
    """A course with two lessons that collects fields; gives what opens its link."""
    await room.open(lesson(1), lesson(2), rights=None)
    async with room.db.unit(1) as uow:
        course = await find_course(uow, COURSE_BOT, None)
        await change_settings(uow, course.deployment.id, {"collect": list(collect)})
        if not terms:
            return f"/start {await open_to_all(uow, course.deployment)}"
        await add_cohort(
            uow, course.deployment, terms["cohort"], (uow.now + timedelta(days=3)).isoformat(), {}
        )
        link = await issue_token(uow, course.deployment, read_terms("public", terms, uow.now))
        return f"/start {link.payload}"


async def test_each_field_is_asked_and_kept_and_then_the_course_begins(room: Room) -> None:
    door = await open_door(room, "name", "email", "home_city")
    assert await room.say(door) == [english("collect-name")]
    assert await room.say("Anna <b>Petrova</b>") == [english("collect-email")]
    assert await room.say(ADDRESS) == [english("collect-other", field="home city")]
    assert (await room.say("Vladivostok"))[0] == "Lesson 1"
    async with room.db.unit(1) as uow:
        kept = await load_variables(uow, room.contact_id)
    assert kept == {"name": "Anna <b>Petrova</b>", "email": ADDRESS, "home_city": "Vladivostok"}


@pytest.mark.parametrize("wrong", ["anna", "a@b", "x" * 4000, f"{ADDRESS}\nboris@example.com", "photo"])
async def test_what_is_no_address_is_not_kept_and_asked_again(room: Room, wrong: str) -> None:
    await room.say(await open_door(room, "email"))
    [answer] = await room.say("" if wrong in PIECES else wrong, **PIECES.get(wrong, {}))
    assert answer == f"{english('collect-refused')}\n\n{english('collect-email')}"
    assert (await room.say(ADDRESS))[0] == "Lesson 1"


async def test_who_opens_the_link_twice_is_asked_the_same_again(room: Room) -> None:
    door = await open_door(room, "email")
    await room.say(door)
    assert (await room.say(door))[-1] == english("collect-email")
    assert (await room.say("/start"))[-1] == english("collect-email")
    assert len(await room.rows(runs)) == 1


async def test_what_is_known_is_not_asked_when_the_course_begins_anew(room: Room) -> None:
    await room.say(await open_door(room, "email"))
    await room.say(ADDRESS)
    await room.say("/restart")
    assert (await room.press(english("button-restart")))[0] == "Lesson 1"


async def test_a_cohort_is_waited_for_after_the_fields(room: Room) -> None:
    door = await open_door(room, "email", cohort="spring")
    assert await room.say(door) == [english("collect-email")]
    [promised] = await room.say(ADDRESS)
    assert promised.startswith("You are in. The course begins on")
    assert "Lesson 1" in await room.pass_time(days=3)


async def test_who_has_not_answered_is_asked_again_when_her_cohort_begins(room: Room) -> None:
    await room.say(await open_door(room, "email", cohort="spring"))
    assert await room.pass_time(days=3) == [english("collect-email")]
    assert (await room.say(ADDRESS))[0] == "Lesson 1"


async def test_one_who_is_in_the_course_already_is_asked_nothing(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    async with room.db.unit(1) as uow:
        course = await find_course(uow, COURSE_BOT, None)
        await change_settings(uow, course.deployment.id, {"collect": ["email"]})
    assert english("collect-email") not in await room.say("Hello")
