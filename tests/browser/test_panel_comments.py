"""What authors say to each other on the steps of a flow, and buttons that their messages share; on a phone, too."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.flow.definition import FlowKind, parse_flow
from core.roles import MemberRole
from services.content import drafts
from services.tenancy.members import add_member
from tests.browser.panel_page import LOOKS, opened, serving
from web.api.panel import BUILT

OWNER = 1001
EN, RU_DARK = LOOKS
NAME = {"en": "Welcome", "ru": "Знакомство"}
STEPS = [
    {"key": "hello", "type": "message", "text": {"en": "Good morning!", "ru": "Доброе утро!"}},
    {"key": "bye", "type": "message", "text": {"en": "See you tomorrow.", "ru": "До завтра."}},
]
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    """An account with a draft, an author beside the owner, and a curator, who does not look at flows."""
    async with school.unit(1) as uow:
        await drafts.create_draft(
            uow, parse_flow({"slug": "welcome", "kind": FlowKind.SCENARIO, "name": NAME, "steps": STEPS})
        )
        await add_member(uow, 2002, MemberRole.AUTHOR, "Anna Berg")
        await add_member(uow, 2003, MemberRole.CURATOR, "Andrew")
    return school


async def test_a_step_is_talked_about_and_settled(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Flows")
        page = panel.page
        await page.get_by_role("link", name="Welcome").click()
        step = page.get_by_role("button", name="Good morning!").first
        await step.click()
        text = page.get_by_role("textbox", name="Comment on this step")
        await text.press_sequentially("Shorter? @An")
        offered = page.get_by_role("group", name="Whom to name").get_by_role("button")
        assert await offered.all_inner_texts() == ["@Anna Berg"]
        await offered.click()
        await expect(page.get_by_text("Told in Telegram: Anna Berg")).to_be_visible()
        await page.reload()
        await expect(text).to_have_value("Shorter? @Anna Berg ")
        await page.get_by_role("button", name="Say it").click()
        said = page.get_by_role("listitem").filter(has_text="Shorter? @Anna Berg")
        await expect(said.last).to_be_visible()
        await expect(text).to_have_value("")
        await expect(page.get_by_text("1 open comment")).to_be_visible()
        await panel.must_be_fit("comments-step")
        await page.get_by_role("tab", name="Comments").click()
        await said.get_by_role("button", name="Resolve").click()
        await expect(page.get_by_text("Nothing is open.")).to_be_visible()
        await page.get_by_role("switch", name="Show resolved ones, too").check()
        await expect(said).to_contain_text("Resolved:")
        await panel.must_be_fit("comments-all")
        await said.get_by_role("button", name="Good morning!").click()
        await expect(page.get_by_role("button", name="Open again")).to_be_visible()
    async with serving(school) as address, opened(browser, address, RU_DARK, pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Курсы и сценарии")
        await panel.page.get_by_role("link", name="Знакомство").click()
        await panel.page.get_by_role("button", name="Доброе утро!").first.click()
        await expect(panel.page.get_by_role("button", name="Открыть снова")).to_be_visible()
        await panel.must_be_fit("comments-step")
        await panel.page.get_by_role("tab", name="Комментарии").click()
        await expect(panel.page.get_by_text("Открытых комментариев нет.")).to_be_visible()
        await panel.must_be_fit("comments-all")


async def test_buttons_are_shared_by_messages(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Settings")
        page, dialog = panel.page, panel.page.get_by_role("dialog")
        await page.get_by_role("link", name="Buttons", exact=True).click()
        await page.get_by_role("button", name="New set").click()
        await dialog.get_by_role("textbox", name="Name").fill("support")
        await dialog.get_by_role("textbox", name="Words (English)").fill("Write to us")
        await dialog.get_by_role("textbox", name="Address it opens").fill("https://example.com/help")
        await panel.must_be_fit("buttons-new")
        await dialog.get_by_role("button", name="Make the set").click()
        card = page.get_by_role("listitem").filter(has_text="support")
        await expect(card).to_contain_text("No message has it yet")
        await page.goto(page.url.split("/settings")[0] + "/flows")
        await page.get_by_role("link", name="Welcome").click()
        await page.get_by_role("button", name="Good morning!").first.click()
        await page.get_by_role("button", name="More settings").click()
        await page.get_by_role("combobox", name="Shared buttons").click()
        await page.get_by_role("option", name="support").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved ")
        await page.goto(page.url.split("/flows")[0] + "/settings?tab=buttons")
        await expect(card).to_contain_text("Below messages of: welcome")
        await expect(card.get_by_role("button", name="Delete")).to_have_count(0)
        await panel.must_be_fit("buttons")
