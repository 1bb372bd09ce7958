"""People as a member finds them: by conditions that are chosen, one person with what a purchase lacks and the team's notes."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.lifecycle import AccessStatus
from core.roles import MemberRole
from services.delivery.long_jobs.steps import build_performers
from services.people import tags
from services.reactions.long_jobs import LONG_JOBS
from tests.browser.panel_page import LOOKS, opened, serving
from tests.factories.persons import ANNA, add_contact
from tests.factories.sales import add_access
from tests.factories.shops import open_shop
from tests.factories.work import run_due
from web.api.panel import BUILT

OWNER = 1001
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    shop = await open_shop(school)
    async with school.unit(1) as uow:
        await tags.add_tag(uow, shop.buyer.id, "warm")
        await add_access(uow, shop.buyer.id, shop.basic, status=AccessStatus.REVOKED)
        await add_contact(uow, ANNA + 1, first_name="Boris")
    return school


async def test_people_are_found_by_a_condition_saved_and_helped(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("People")
        await expect(page.get_by_text("Boris", exact=False)).to_be_visible()
        await page.get_by_role("button", name="Filter").click()
        await page.get_by_role("combobox", name="Add a condition").click()
        await page.get_by_role("option", name="Tagged", exact=True).click()
        await page.get_by_role("combobox", name="name", exact=True).click()
        await page.get_by_role("option", name="warm", exact=True).click()
        await expect(page.get_by_role("status").get_by_text("1 person", exact=True)).to_be_visible()
        await page.get_by_role("textbox", name="Name of the segment").fill("near")
        await page.get_by_role("button", name="Save as a segment").click()
        await expect(page.get_by_text("Saved. The segment follows")).to_be_visible()
        await page.get_by_role("button", name="Show these people").click()
        await expect(page.get_by_text("Shown: Tagged: warm")).to_be_visible()
        await expect(page.get_by_text("Boris", exact=False)).to_have_count(0)
        await panel.must_be_fit("people-filter")
        await page.get_by_role("link", name="Anna Lind").click()
        await page.get_by_role("button", name="Give access back").click()
        await expect(page.get_by_role("button", name="Give access back")).to_have_count(0)
        await expect(page.get_by_text(": open")).to_be_visible()
        await page.get_by_role("textbox", name="New tag").fill("vip")
        await page.get_by_role("button", name="Add the tag").click()
        await page.get_by_role("button", name="Take off warm").click()
        await expect(page.get_by_role("group", name="Tags")).to_have_text("vip")
        await page.get_by_role("button", name="Block", exact=True).click()
        await page.get_by_role("dialog").get_by_role("button", name="Block", exact=True).click()
        await expect(page.get_by_text("Blocked by the team")).to_be_visible()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_role("button", name="Unblock", exact=True)).to_be_visible()
        await page.get_by_role("textbox", name="New note").fill("Wants a bill")
        await page.get_by_role("button", name="Add the note").click()
        await expect(page.get_by_role("textbox", name="New note")).to_have_value("")
        await expect(page.get_by_text("Wants a bill")).to_be_visible()
        await panel.must_be_fit("person")


async def test_many_people_are_tagged_written_out_and_brought_in(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("People")
        await page.get_by_role("button", name="Choose people").click()
        await page.get_by_role("checkbox", name="Choose Boris").check()
        await expect(page.get_by_text("1 person is chosen")).to_be_visible()
        await page.get_by_role("checkbox", name="Everybody who is shown").check()
        await page.get_by_role("textbox", name="Tag", exact=True).fill("spring")
        await panel.must_be_fit("people-chosen")
        await page.get_by_role("button", name="Go on").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("2 people", exact=True)).to_be_visible()
        await panel.must_be_fit("people-sure")
        await dialog.get_by_role("button", name="Put a tag on").click()
        await expect(page.get_by_text("waits for its turn")).to_be_visible()
        await run_due(school, build_performers(school, LONG_JOBS))
        await expect(page.get_by_text("done, 2 of 2")).to_be_visible()
        await expect(page.get_by_text("spring", exact=True)).to_have_count(2)
        await page.get_by_role("button", name="Choose nobody").click()
        await page.get_by_role("button", name="Export", exact=True).click()
        await expect(page.get_by_text("waits for its turn")).to_be_visible()
        await run_due(school, build_performers(school, LONG_JOBS))
        await expect(page.get_by_role("link", name="Result (XLSX)")).to_be_visible()
        async with page.expect_file_chooser() as choosing:
            await page.get_by_role("button", name="Import a list").click()
        list_of_people = f"telegram_id,tags\n{ANNA},autumn\n77,autumn\n".encode()
        await (await choosing.value).set_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": list_of_people}
        )
        await expect(page.get_by_text("1 of them has started a bot.")).to_be_visible()
        await panel.must_be_fit("people-import")
        await page.get_by_role("button", name="Import 1 person").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Import a list: waits for its turn")).to_be_visible()
        await run_due(school, build_performers(school, LONG_JOBS))
        await expect(page.get_by_text("autumn", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Undo the import").click()
        await expect(page.get_by_text("Import a list: waits for its turn")).to_be_visible()
        await run_due(school, build_performers(school, LONG_JOBS))
        await expect(page.get_by_text("autumn", exact=True)).to_have_count(0)


async def test_one_person_on_a_phone(browser: Browser, school: Database, pictures: Path | None) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[1], pictures) as panel:
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("Люди")
        await panel.page.get_by_role("button", name="Фильтр").click()
        await expect(panel.page.get_by_role("status").get_by_text("2 человека", exact=True)).to_have_count(2)
        await panel.page.get_by_role("button", name="Выбрать людей").click()
        await panel.must_be_fit("people")
        await panel.page.get_by_role("link", name="Anna Lind").click()
        await expect(panel.page.get_by_role("button", name="Вернуть доступ")).to_be_visible()
        await panel.must_be_fit("person")
