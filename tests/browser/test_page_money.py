"""Invoices on the page: the sheet, a refusal, the receipt, an invoice by its link."""

import asyncio

import pytest
from playwright.async_api import expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOOK = {
    "title": "A book", "description": "Of paper", "payload": "book-1", "provider_token": "123:TEST:abc", "currency": "EUR",
    "prices": [{"label": "The book", "amount": 1500}, {"label": "Post", "amount": 250}],
}  # fmt: skip
STARS = {
    "title": "A course",
    "description": "Five days",
    "payload": "c",
    "currency": "XTR",
    "prices": [{"label": "All", "amount": 250}],
}


async def _answer(bot: BotClient, *, ok: bool, error: str = "") -> None:
    query = (await bot.drain("pre_checkout_query") or await bot.updates(timeout=50))[0]
    query = query.get("pre_checkout_query", query)
    await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=ok, error_message=error)
    await bot.drain()


async def test_an_invoice_is_refused_then_paid(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    await bot.ok("sendInvoice", chat_id=anna.id, **BOOK)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await bot.drain()
    await screen.press("Pay €17.50")
    sheet = screen.page.get_by_role("dialog", name="Payment")
    await expect(sheet).to_contain_text("The book€15")
    await expect(sheet).to_contain_text("Total€17.50")
    await screen.shot("pay-sheet")
    pay = sheet.get_by_role("button", name="Pay €17.50")
    await asyncio.gather(pay.click(), _answer(bot, ok=False, error="Sold out, sorry"))
    await expect(sheet.get_by_role("alert")).to_have_text("Sold out, sorry")
    await asyncio.gather(pay.click(), _answer(bot, ok=True))
    await expect(sheet).to_have_count(0)
    await expect(screen.log.get_by_text("You paid €17.50")).to_be_visible()
    await screen.press("Receipt")
    await expect(screen.page.get_by_role("dialog", name="Receipt")).to_contain_text("€17.50")


async def test_stars_are_paid_by_an_invoice_link(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    url = await bot.ok("createInvoiceLink", **STARS)
    await bot.ok("sendMessage", chat_id=anna.id, text=f"Here: {url}")
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await bot.drain()
    await screen.log.get_by_role("link", name=url).click()
    sheet = screen.page.get_by_role("dialog", name="Payment")
    await asyncio.gather(sheet.get_by_role("button", name="Pay ⭐ 250").click(), _answer(bot, ok=True))
    await expect(screen.log.get_by_text("You paid ⭐ 250")).to_be_visible()
    await screen.shot("paid-by-link")
