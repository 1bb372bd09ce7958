"""Broadcasts as a member makes them: written, tried out, sent to a number that was seen, and looked at afterwards."""

from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts
from core.db.session import Database
from core.lifecycle import ChatState
from core.roles import MemberRole
from services.messaging.broadcasts import steering
from tests.browser.panel_page import LOOKS, opened, serving
from tests.factories.persons import ANNA, add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import open_shop
from web.api.panel import BUILT

OWNER = 1001
LATER = "2040-03-01T10:00"
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    shop = await open_shop(school)
    async with school.unit(1) as uow:
        for number in range(101):  # so many that the number has to be typed
            contact = await add_contact(uow, ANNA + 1 + number, first_name=f"Boris {number}")
            await add_chat(
                uow, shop.sales_bot, contact, state=ChatState.OPEN if number else ChatState.BLOCKED
            )
    return school


async def test_a_broadcast_is_written_tried_out_sent_and_held(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("Broadcasts")
        await page.get_by_role("button", name="New broadcast").click()
        await page.get_by_role("textbox", name="Text", exact=True).fill("<b>Open day</b> on Friday")
        await page.get_by_role("button", name="Add a button").click()
        await page.get_by_role("textbox", name="Words on the button").fill("Come")
        await page.get_by_role("textbox", name="Link", exact=True).fill("https://example.org/day")
        await expect(page.get_by_role("switch", name="Count who presses")).to_be_checked()
        await expect(page.get_by_role("status").get_by_text("102 people", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Test to me").click()
        await expect(page.get_by_text("Sent to you in the bot")).to_be_visible()
        await expect(page.get_by_role("heading", level=1, name="Open day on Friday")).to_be_visible()
        assert [row.chat_id for row in await read_rows(school, outbox)] == [OWNER]
        await panel.must_be_fit("broadcast-draft")
        await page.get_by_role("button", name="Send", exact=True).click()
        sure = page.get_by_role("dialog")
        await expect(sure.get_by_text("101 people", exact=True)).to_be_visible()
        await expect(sure.get_by_text("1 person blocked the bot")).to_be_visible()
        await panel.must_be_fit("broadcast-sure")
        await expect(sure.get_by_role("button", name="Send", exact=True)).to_be_disabled()
        await sure.get_by_role("textbox", name="Type 101 to confirm").fill("101")
        await sure.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_text("0 of 101 sent")).to_be_visible()
        await expect(page.get_by_text("0 people pressed a button")).to_be_visible()
        await page.get_by_role("button", name="Pause").click()
        await expect(page.get_by_role("button", name="Continue")).to_be_visible()
        await panel.must_be_fit("broadcast-paused")
        told = [row for row in await read_rows(school, outbox) if row.broadcast_id is not None]
        assert len(told) == 101
        await page.get_by_role("button", name="Change text or buttons").click()
        await sure.get_by_role("textbox", name="Words on the button").fill("Visit")
        await panel.must_be_fit("broadcast-edit")
        await sure.get_by_role("button", name="Change it for everybody who got it").click()
        await expect(sure).to_be_hidden()
        [said] = [row.definition for row in await read_rows(school, broadcasts) if row.kind == "send"]
        assert said["buttons"][0][0]["text"] in ("Visit", {"*": "Visit"})
        await page.get_by_role("link", name="101 people are still waiting").click()
        await expect(page.get_by_text("101 people", exact=True)).to_be_visible()
        await page.go_back()
        await page.get_by_role("link", name="All broadcasts").click()
        await expect(page.get_by_role("listitem").get_by_text("Paused")).to_be_visible()
        await panel.must_be_fit("broadcasts")


async def test_a_comparison_is_planned_and_moved(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        page, sure = panel.page, panel.page.get_by_role("dialog")
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("Broadcasts")
        await page.get_by_role("button", name="New broadcast").click()
        await page.get_by_role("textbox", name="Text", exact=True).fill("Later")
        await page.reload()
        await expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_value("Later")
        for letter in "AB":
            await page.get_by_role("button", name="Add a variant").click()
            await page.get_by_role("textbox", name=f"Text of variant {letter}").fill(f"Variant {letter}")
        await page.get_by_role("combobox", name="The rest gets the variant with").select_option(
            "most presses"
        )
        await expect(page.get_by_role("textbox", name="Compare after")).to_have_value("4")
        await panel.must_be_fit("broadcast-variants")
        await page.get_by_role("combobox", name="When").select_option("At a date and time")
        await page.get_by_label("Date and time").fill(LATER)
        await page.get_by_role("switch", name="Again every week").check()
        await panel.must_be_fit("broadcast-weekly")
        await page.get_by_role("button", name="Send", exact=True).click()
        await sure.get_by_role("textbox", name="Type 101 to confirm").fill("101")
        await sure.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("status").get_by_text("Planned")).to_be_visible()
        await page.get_by_role("button", name="Move to another time").click()
        await expect(sure.get_by_label("Date and time")).to_have_value(LATER)
        await sure.get_by_label("Date and time").fill(LATER.replace("03-01", "04-02"))
        await panel.must_be_fit("broadcast-move")
        await sure.get_by_role("button", name="Move", exact=True).click()
        await expect(sure).to_be_hidden()
        await expect(page.locator("time[datetime^='2040-04-02']")).to_be_visible()


async def test_a_draft_on_a_phone(
    browser: Browser, school: Database, pictures: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(school, "env", replace(school.env, paid_per_second=300))
    async with school.unit(1) as uow:
        await steering.add_draft(
            uow, {"name": "День", "text": {"ru": "Привет", "en": "Hello"}, "local": "10:00"}
        )
    async with serving(school) as address, opened(browser, address, LOOKS[1], pictures) as panel:
        await panel.sign_in(school, OWNER, MemberRole.OWNER)
        await panel.enter("Рассылки")
        await panel.must_be_fit("broadcasts")
        await panel.page.get_by_role("link", name="День", exact=True).click()
        await expect(panel.page.get_by_role("textbox", name="Текст (русский)")).to_have_value("Привет")
        await expect(panel.page.get_by_label("Час по времени каждого", exact=True)).to_have_value("10:00")
        await panel.must_be_fit("broadcast-draft")
        await panel.page.get_by_role("button", name="Отправить", exact=True).click()
        sure = panel.page.get_by_role("dialog")
        await expect(sure.get_by_role("switch", name="Быстрее за звёзды: до 11 ⭐")).not_to_be_checked()
        await panel.must_be_fit("broadcast-sure")
