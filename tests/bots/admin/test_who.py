"""Who is where, and the page of numbers."""

import re

import pytest

from core.db.models.delivery import jobs
from core.db.session import Database
from tests.bots.admin.desk import Desk
from tests.bots.admin.test_lesson_commands import student
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact, add_tag
from tests.factories.rows import read_rows
from tests.factories.sales import add_access
from tests.factories.shops import Shop

__all__ = ["student"]


async def test_nobody_is_on_the_course(desk: Desk) -> None:
    assert "Nobody" in (await desk.write("/who"))[0].text


async def test_a_student_with_her_step_and_day(desk: Desk, student: int) -> None:
    (page,) = await desk.write("/who")
    assert "Anna Lind" in page.text
    assert "Course long, day 1: Day 1" in page.text
    assert not page.buttons


async def test_pages_are_turned_in_place(desk: Desk, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        for number in range(20):
            contact = await add_contact(uow, 600 + number, first_name=f"N{number:02}")
            await add_access(uow, contact.id, shop.basic)
    (first,) = await desk.write("/who")
    assert set(first.buttons) == {"→"}
    (second,) = await desk.press("→")
    assert set(second.buttons) == {"←", "→"}
    (third,) = await desk.press("→")
    assert set(third.buttons) == {"←"}
    assert third.message_id == first.message_id
    names = [line for page in (first, second, third) for line in page.text.split("\n") if "N" in line]
    assert len(names) == 20


async def test_a_search_finds_parts_of_names_in_any_case(desk: Desk, db: Database) -> None:
    async with db.unit(1) as uow:
        await add_contact(uow, 601, first_name="Мария", last_name="Ёлкина", username="masha")
        await add_contact(uow, 602, first_name="Per%cent", last_name="")
    for words in ("мария", "МАРИЯ", "ёлк", "ария Ё", "@MASHA", "601"):
        assert "Мария" in (await desk.write(f"/who {words}"))[0].text, words
    assert "Мария" not in (await desk.write("/who %"))[0].text
    assert "Nobody found" in (await desk.write("/who <b>x</b>"))[0].text


async def test_conditions_find_whom_they_hold_for(desk: Desk, db: Database) -> None:
    async with db.unit(1) as uow:
        for number in range(3):
            person = await add_contact(
                uow, 601 + number, first_name=f"Warm{number}", language=("ru", "en")[number % 2]
            )
            await add_tag(uow, person.id, name="warm")
    (found,) = await desk.write("/who tag: warm")
    assert not found.buttons
    assert "They fit: 3" in found.text.replace("<b>", "").replace("</b>", "")
    (fewer,) = await desk.write("/who tag: warm\nnot language: ru")
    assert "Warm1" in fewer.text
    assert "Warm0" not in fewer.text
    (refused,) = await desk.write("/who tag: warn")
    assert "is “warm” meant?" in refused.text
    assert "Nobody found" in (await desk.write("/who tagged"))[0].text


@pytest.mark.parametrize("asked", ["tag: warm\nlanguage: ru", "Warm"])
async def test_whoever_is_asked_for_is_listed_page_by_page(desk: Desk, db: Database, asked: str) -> None:
    async with db.unit(1) as uow:
        for number in range(9):
            person = await add_contact(uow, 601 + number, first_name=f"Warm{number}", language="ru")
            await add_tag(uow, person.id, name="warm")
    (first,) = await desk.write(f"/who {asked}")
    (second,) = await desk.press("→")
    assert second.message_id == first.message_id
    assert {name for page in (first, second) for name in re.findall(r"Warm\d", page.text)} == {
        f"Warm{number}" for number in range(9)
    }
    (back,) = await desk.press("←")
    assert back.text == first.text
    desk.written.clear()
    assert await desk.press("→") == []
    assert "that message is gone" in desk.alerts[-1]


async def test_the_numbers_of_a_period(desk: Desk, db: Database, student: int) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, 700))
    (page,) = await desk.write("/stats")
    assert "Opened the sales bot: 3" in page.text  # the buyer, the newcomer and the admin
    assert "Began the course: 1" in page.text
    assert not re.search(r"\b0\b", page.text)  # what there is none of is not said
    (today,) = await desk.press("Today")
    assert today.message_id == page.message_id
    assert {"7 days", "All time"} < set(today.buttons)
    assert "Today" not in today.buttons


async def test_a_number_opens_its_people_and_the_digest_is_switched_off(desk: Desk, student: int) -> None:
    (page,) = await desk.write("/stats")
    (who,) = await desk.press("👥 Who they are")
    assert who.message_id == page.message_id
    (people,) = await desk.press("Began the course: 1")
    assert "Anna Lind" in people.text
    (person,) = await desk.press("Anna Lind")
    assert person.message_id == page.message_id
    await desk.press("← Back", holder=people)
    (again,) = await desk.press("← Back")
    assert again.text.splitlines()[:4] == page.text.splitlines()[:4]
    (off,) = await desk.press("🔕 No weekly digest")
    assert "comes no more" in off.text
    (page,) = await desk.press("← Back")
    assert "🔔 Send me a weekly digest" in page.buttons
    await desk.press("Today")
    await desk.press("📊 Picture")
    assert len(await read_rows(desk.db, jobs, kind="chart")) == 2  # the first one came with the page
