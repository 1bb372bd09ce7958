"""The inbox of the panel: what was said, an answer that is never lost and never goes astray, and news without a reload."""

import asyncio
import time
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from core.db.models.delivery import outbox
from core.db.session import Database
from core.roles import MemberRole
from services.delivery.history import keep_words, remember_incoming
from services.messaging import canned
from services.messaging.conversations import answering
from services.tenancy.members import add_member
from tests.browser.panel_page import LOOKS, Panel, opened, serving
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import Shop, open_shop
from tests.factories.traffic import add_message
from web.api.panel import BUILT

OWNER, SECOND, ANNA, BORIS = 1001, 2002, 700_001, 700_002
EN, RU = LOOKS
NEWS = 20
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    async with school.unit(1) as uow:
        await add_member(uow, SECOND, MemberRole.OPERATOR, "Olga")
    return school


@pytest_asyncio.fixture(loop_scope="session")
async def shop(school: Database) -> Shop:
    """Two people who have written to the bot that sells, and one of the team who can be told."""
    shop = await open_shop(school)
    async with school.unit(1) as uow:
        for telegram_id, name in ((ANNA, "Anna"), (BORIS, "Boris"), (OWNER, "Olga")):
            person = await add_contact(uow, telegram_id, first_name=name, username=name.lower())
            await add_chat(uow, shop.sales_bot, person)
        await add_message(uow, shop.sales_bot, ANNA, text="When does the course begin?")
        await add_message(uow, shop.sales_bot, BORIS, text="How much is it?")
        await canned.write(uow, "Start", "We begin on Monday, {{student.name}}.", OWNER)
    return shop


async def _said(school: Database) -> list[tuple[int, str]]:
    rows = sorted(await read_rows(school, outbox), key=lambda row: row.id)
    return [(row.chat_id, row.payload) for row in rows if row.dedupe_key.startswith("inbox:")]


async def test_an_answer_is_written_kept_and_sent_to_whom_it_was_written(
    browser: Browser, school: Database, shop: Shop, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER)
        await panel.enter("Inbox")
        lines = page.get_by_role("region", name="Conversations").get_by_role("button")
        reply = page.get_by_role("textbox", name="Reply")
        anna, boris = lines.filter(has_text="Anna"), lines.filter(has_text="Boris")
        await anna.click()
        await expect(page.get_by_role("log")).to_contain_text("When does the course begin?")
        async with page.expect_response(lambda answer: answer.request.method == "PUT"):
            await reply.fill("On Monday at")
            await boris.click()  # in the middle of typing
        await expect(page.get_by_role("log")).to_contain_text("How much is it?")
        await expect(reply).to_have_value("")
        async with school.looking(1) as uow:
            draft = await answering.find_draft(uow, ANNA, OWNER)
        assert draft is not None
        assert draft.text == "On Monday at"
        await anna.click()
        await expect(reply).to_have_value("On Monday at")
        await _switch_while_it_is_sent(page, school, boris)
        await expect(reply).to_have_value("It costs")
        await anna.click()
        await expect(page.get_by_role("log")).to_contain_text("On Monday at nine")
        await panel.must_be_fit("inbox")
        await reply.fill("/sta")
        await expect(page.get_by_role("option", name="Start")).to_be_visible()
        await reply.press("Enter")
        await expect(reply).to_have_value("We begin on Monday, Anna.")
        async with school.unit(1) as uow:
            remember_incoming(uow, shop.sales_bot, ANNA, 7, "I have found it, thank you")
        await expect(page.get_by_role("log")).to_contain_text("I have found it")  # nobody has reloaded
        await reply.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("Something new was said")
        assert len(await _said(school)) == 1
        await page.get_by_role("button", name="Send it as it is").click()
        await expect(page.get_by_role("log")).to_contain_text("We begin on Monday, Anna.")
        assert [chat for chat, _ in await _said(school)] == [ANNA, ANNA]
        await page.get_by_role("button", name="Take").click()
        await expect(page.get_by_text("you talk", exact=True)).to_be_visible()
        await reply.fill("Goodbye")
        await reply.press("Control+Enter")
        await expect(page.get_by_text("you talk", exact=True)).to_be_hidden()
        assert [chat for chat, _ in await _said(school)] == [ANNA] * 3
        await panel.must_be_fit("inbox-closed")
        await _find_what_was_said(panel, school)


async def _find_what_was_said(panel: Panel, school: Database) -> None:
    page = panel.page
    await keep_words(school, 0, 10**9, 9)
    await page.get_by_role("searchbox", name="Search in this conversation").fill("thank")
    await expect(page.get_by_role("region", name="What was found")).to_contain_text("I have found it")
    await panel.must_be_fit("inbox-search")
    await page.get_by_role("button", name="Find", exact=True).click()
    await page.get_by_role("dialog").get_by_role("textbox").fill("how much")
    await page.get_by_role("option", name="How much is it?").click()
    await expect(page.get_by_role("log")).to_contain_text("How much is it?")


async def _switch_while_it_is_sent(page: Page, school: Database, boris: Locator) -> None:
    """Press Enter, and go to another one and write there before the server has answered."""
    gate = asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "POST":
            await gate.wait()
        await route.continue_()

    reply = page.get_by_role("textbox", name="Reply")
    await page.route("**/messages", hold)
    await reply.fill("On Monday at nine")
    async with page.expect_response("**/messages") as answered:
        await reply.press("Enter")
        await boris.click()
        await reply.fill("It costs")
        await expect(page.get_by_role("log")).to_contain_text("How much is it?")
        gate.set()
    assert (await (await answered.value).json())["text"] == "On Monday at nine"
    await page.unroute("**/messages", hold)
    [(chat, payload)] = await _said(school)
    assert (chat, "On Monday at nine" in payload) == (ANNA, True)


async def test_on_a_phone_one_thing_is_seen_at_a_time(
    browser: Browser, school: Database, shop: Shop, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, RU, pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER)
        await panel.enter("Диалоги")
        line = page.get_by_role("region", name="Диалоги").get_by_role("button").filter(has_text="Anna")
        await expect(line).to_be_visible()
        await panel.must_be_fit("inbox")
        await line.click()
        await expect(page.get_by_role("log")).to_contain_text("When does the course begin?")
        await expect(line).to_be_hidden()
        await panel.must_be_fit("inbox-thread")
        await page.get_by_role("button", name="Человек").click()
        await expect(page.get_by_role("dialog")).to_contain_text("@anna")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await page.get_by_role("link", name="Все диалоги").click()
        await expect(line).to_be_visible()


async def test_what_is_said_is_seen_without_a_reload(
    browser: Browser, school: Database, shop: Shop, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, EN, pictures) as panel:
        page = panel.page
        await panel.sign_in(school, OWNER)
        await panel.enter("Inbox")
        await (
            page.get_by_role("region", name="Conversations")
            .get_by_role("button")
            .filter(has_text="Anna")
            .click()
        )
        log = page.get_by_role("log")
        await expect(log).to_contain_text("When does the course begin?")
        waits = []
        for number in range(NEWS):
            async with school.unit(1) as uow:
                remember_incoming(uow, shop.sales_bot, ANNA, 100 + number, f"word {number}.")
            began = time.perf_counter()
            await page.wait_for_function(
                "text => document.querySelector('[role=log]').textContent.includes(text)",
                arg=f"word {number}.",
            )
            waits.append(1000 * (time.perf_counter() - began))
        waits.sort()
        print(f"inbox: from commit to sight p50 {waits[NEWS // 2]:.0f} ms, p95 {waits[-2]:.0f} ms")
