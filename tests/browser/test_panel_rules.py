"""What holds on every screen: each role opens what it may and is told whom to ask, keys, the palette, no connection, 320 pixels."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.roles import MemberRole
from tests.browser.panel_page import Panel, PanelLook, opened, serving
from tests.factories.persons import add_contact
from tests.factories.shops import open_shop
from web.api.panel import BUILT

EN, NARROW = PanelLook("en", 1280, "light"), PanelLook("ru", 320, "light")
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    await open_shop(school)
    async with school.unit(1) as uow:
        for number, name in enumerate(("Anna", "Boris", "Vera")):
            await add_contact(uow, 510_000 + number, first_name=name)
    return school


async def _settled(panel: Panel) -> None:
    await panel.page.get_by_role("heading", level=1).wait_for()
    await expect(panel.page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize(
    "role", [MemberRole.OWNER, MemberRole.CURATOR, MemberRole.OPERATOR, MemberRole.ANALYST], ids=str
)
async def test_a_role_opens_each_of_its_screens_without_a_refusal(
    browser: Browser, school: Database, role: MemberRole
) -> None:
    async with serving(school) as address, opened(browser, address, EN, None) as panel:
        refused: list[str] = []
        panel.page.on(
            "response", lambda said: refused.append(said.url) if said.status in (403, 404) else None
        )
        await panel.sign_in(school, 4_000 + len(role), role)
        await _settled(panel)
        for name in await panel.page.get_by_role("navigation").get_by_role("link").all_inner_texts():
            await panel.enter(name)
            await _settled(panel)
        assert refused == []
        assert panel.complaints == []


async def test_a_screen_that_a_role_may_not_see_says_whom_to_ask(browser: Browser, school: Database) -> None:
    async with serving(school) as address, opened(browser, address, EN, None) as panel:
        await panel.sign_in(school, 4_000, MemberRole.CURATOR)
        await panel.page.goto(panel.page.url.replace("/home", "/money"))
        await expect(panel.page.get_by_role("alert")).to_contain_text("Ask an owner")
        await panel.must_be_fit("forbidden")


async def test_keys_find_and_walk(browser: Browser, school: Database, pictures: Path | None) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        await panel.sign_in(school, 1001, MemberRole.OWNER)
        page = panel.page
        await page.get_by_role("button", name="Find").wait_for()
        await page.keyboard.press("Control+k")
        await page.get_by_label("Screen, person or course").fill("peop")
        await expect(page.get_by_role("option", name="People")).to_be_visible()
        await panel.must_be_fit("palette")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/people")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_role("link", name="Boris")).to_be_visible()
        await page.keyboard.press("j")
        first = await page.evaluate("document.activeElement.textContent")
        await page.keyboard.press("j")
        assert await page.evaluate("document.activeElement.textContent") != first
        await page.keyboard.press("k")
        assert await page.evaluate("document.activeElement.textContent") == first
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/people/con_*")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_contain_text("the next row of a list")
        await panel.must_be_fit("keys")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.keyboard.press("Control+k")
        await page.get_by_label("Screen, person or course").fill("Vera")
        await page.get_by_role("option", name="Vera").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Vera")


async def test_without_a_connection_it_is_said(browser: Browser, school: Database) -> None:
    async with serving(school) as address, opened(browser, address, EN, None) as panel:
        await panel.sign_in(school, 1001, MemberRole.OWNER)
        await _settled(panel)
        await panel.page.context.set_offline(True)
        told = panel.page.get_by_role("status").filter(has_text="No connection")
        await expect(told).to_be_visible()
        await panel.page.context.set_offline(False)
        await expect(told).to_have_count(0)


async def test_no_screen_is_wider_than_the_smallest_phone(browser: Browser, school: Database) -> None:
    async with serving(school) as address, opened(browser, address, NARROW, None) as panel:
        await panel.sign_in(school, 1001, MemberRole.OWNER)
        await panel.page.get_by_role("button", name="Меню").click()
        names = await panel.page.get_by_role("navigation").get_by_role("link").all_inner_texts()
        await panel.page.get_by_role("button", name="Меню").click()
        for name in names:
            await panel.enter(name)
            await _settled(panel)
            assert await panel.page.evaluate("document.documentElement.scrollWidth") <= NARROW.width, name
