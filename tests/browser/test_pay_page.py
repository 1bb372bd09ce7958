"""The pay page of a stand-in, pressed in a browser: paid, refused, later, a slow bank; in both languages, on a phone."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE = {"width": 360, "height": 640}
WORDS = {
    "en": {"pay": "Pay", "later": "Later", "slow": "The bank is slow", "decline": "Decline"},
    "ru": {"pay": "Заплатить", "later": "Позже", "slow": "Банк думает долго", "decline": "Отказать"},
}
ENDS = {
    "en": {"pay": "Paid", "later": "with the same button", "slow": "takes its time", "decline": "Declined"},
    "ru": {"pay": "Оплачено", "later": "по той же кнопке", "slow": "Банк думает", "decline": "Отказано"},
}


async def make_payment(sandbox: str, key: str) -> str:
    """A payment at the stand-in; gives its page."""
    body = {
        "amount": {"value": "9900.00", "currency": "RUB"},
        "capture": True,
        "description": "Курс «Ясные слова» & <больше>",
        "confirmation": {"type": "redirect", "return_url": "https://t.me/shop_bot"},
        "metadata": {"order": "ABC234", "payment": "1"},
    }
    headers = {"Idempotence-Key": key, "Authorization": aiohttp.encode_basic_auth("1", "k")}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox}/yookassa/v3/payments", json=body, headers=headers) as answer,
    ):
        made: Any = await answer.json()
        return str(made["confirmation"]["confirmation_url"])


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_every_button_of_the_page_does_what_it_says(
    sandbox: str, browser: Browser, pictures: Path | None, language: str
) -> None:
    context = await browser.new_context(viewport=PHONE, locale=language)
    page = await context.new_page()
    for wish, button in WORDS[language].items():
        await page.goto(await make_payment(sandbox, f"{language}-{wish}"))
        await expect(page.get_by_role("heading", name="9900.00 RUB")).to_be_visible()
        await expect(page.get_by_text("Курс «Ясные слова» & <больше>")).to_be_visible()
        if pictures is not None:
            await page.screenshot(path=pictures / f"pay-page-{language}.png")
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text(ENDS[language][wish])
        is_open = wish == "later"
        await expect(page.get_by_role("button")).to_have_count(len(WORDS[language]) if is_open else 0)
        await expect(page.get_by_role("link")).to_have_attribute("href", "https://t.me/shop_bot")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await context.close()
