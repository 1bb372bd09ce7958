"""Links as who runs a school makes them: into a course, to the sales bot, for who begins together; and on a phone."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from tests.browser.panel_page import LOOKS, Panel, opened, serving
from tests.factories.shops import open_shop
from web.api.panel import BUILT

OWNER = 1001
EN, RU_DARK = LOOKS
PARTS = ("courses", "shop", "cohorts", "participants", "sales")
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


async def _look_at_parts(panel: Panel, name: str) -> None:
    base = panel.page.url.split("/home")[0].split("/links")[0]
    for part in PARTS:
        await panel.page.goto(f"{base}/links?tab={part}")
        await expect(panel.page.locator("nav a[aria-current=page]").last).to_be_visible()
        await expect(panel.page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(panel.page.get_by_role("alert")).to_have_count(0)
        await panel.must_be_fit(f"links-{part}-{name}")


async def test_a_school_without_courses_is_told_what_to_do_first(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, RU_DARK, pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Ссылки")
        await expect(panel.page.get_by_role("link", name="К курсам")).to_be_visible()
        await _look_at_parts(panel, "empty")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(school: Database) -> Database:
    await open_shop(school)
    return school


async def test_links_are_made_shown_and_revoked(
    browser: Browser, shop: Database, pictures: Path | None
) -> None:
    async with serving(shop) as address, opened(browser, address, EN, pictures) as panel:
        await panel.sign_in(shop, OWNER)
        await panel.enter("Links")
        await _make_cohort(panel)
        await _make_link(panel)
        await _mark_link(panel)
        await _admit_people(panel)
        await _look_at_parts(panel, "full")
    async with serving(shop) as address, opened(browser, address, RU_DARK, pictures) as panel:
        await panel.sign_in(shop, OWNER)
        await _look_at_parts(panel, "full")


async def _make_cohort(panel: Panel) -> None:
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    await page.get_by_role("link", name="Cohorts").click()
    await page.get_by_role("button", name="New cohort").click()
    await dialog.get_by_label("Code").fill("may")
    await dialog.get_by_label("First day").fill("2030-05-01")
    await dialog.get_by_label("First day").press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("listitem").filter(has_text="may")).to_contain_text("09:00")


async def _make_link(panel: Panel) -> None:
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    await page.get_by_role("link", name="Into courses").click()
    await page.get_by_role("button", name="New link").click()
    await dialog.get_by_role("combobox", name="Whom it lets in").click()
    await page.get_by_role("option", name="A group").click()
    await dialog.get_by_label("How many people").fill("12")
    await dialog.get_by_label("What you call it").fill("Class of May")
    await dialog.get_by_role("combobox", name="Begin with a cohort").click()
    await page.get_by_role("option", name="may").click()
    await dialog.get_by_label("Source").fill("vk")
    await panel.must_be_fit("links-new")
    await dialog.get_by_role("button", name="Make the link").click()
    link = dialog.get_by_role("textbox", name="Link")
    assert (await link.input_value()).startswith("https://t.me/")
    code = dialog.get_by_role("img", name="The link as a code to be scanned")
    await page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=await code.element_handle()
    )
    await panel.must_be_fit("links-made")
    await page.keyboard.press("Escape")
    card = page.get_by_role("listitem").filter(has_text="Class of May")
    await expect(card).to_contain_text("0 of 12 came by it")
    await card.get_by_role("button", name="Revoke").click()
    await dialog.get_by_role("button", name="Revoke the link").click()
    await expect(card).to_contain_text("revoked")


async def _mark_link(panel: Panel) -> None:
    page = panel.page
    await page.get_by_role("link", name="To the sales bot").click()
    link = page.get_by_role("textbox", name="Link")
    await page.get_by_label("Source").fill("в контакте")
    await expect(page.get_by_text("Only a–z, 0–9 and a hyphen fit into a link.")).to_be_visible()
    await expect(link).to_have_count(0)
    await page.get_by_label("Source").fill("vk")
    await page.get_by_label("Campaign").fill("may")
    assert (await link.input_value()).endswith("__utmsvk__utmcmay")


async def _admit_people(panel: Panel) -> None:
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    await page.get_by_role("link", name="Closed courses").click()
    await page.get_by_role("button", name="Put people on a list").click()
    await dialog.get_by_label("Who").fill("@anna_b, 500001")
    await dialog.get_by_role("button", name="Put them on the list").click()
    await expect(page.get_by_text("2 people are new on the list")).to_be_visible()
    card = page.get_by_role("listitem").filter(has_text="500001")
    await card.get_by_role("button", name="Take off").click()
    await dialog.get_by_role("button", name="Take off the list").click()
    await expect(card).to_have_count(0)
    await expect(page.get_by_role("listitem").filter(has_text="@anna_b")).to_be_visible()
