"""A buyer's way with each provider on a phone: declined, put off, paid, refunded; every moment leaves a picture."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from sandbox.client.client import SandboxClient
from sandbox.providers.registry import STAND_INS
from tests.browser.conftest import OpenScreen
from tests.browser.screen import PHONE, Look, Screen
from tests.browser.test_pay_page import ENDS, WORDS
from tests.stories.money_words import hear, pattern
from tests.stories.people import Buyer, buyer, desk_in
from tests.stories.school import School, eventually, furnish

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.faults]
WAYS = {
    "yookassa": {"en": "By card or SBP (YooKassa)", "ru": "Картой или через СБП (ЮKassa)"},
    "prodamus": {"en": "By card or in parts", "ru": "Картой или в рассрочку"},
    "stripe": {"en": "By card (Stripe)", "ru": "Зарубежной картой"},
    "robokassa": {"en": "By card or SBP (Robokassa)", "ru": "Картой или через СБП (Robokassa)"},
}
STARS = {"en": "With Telegram Stars", "ru": "Звёздами Telegram"}
PAY = {"en": "Pay", "ru": "Оплатить"}
GO = re.compile("^(Open|Открыть)$")
AGAIN = {"en": "Pay again", "ru": "Оплатить ещё раз"}
BY_HAND = ("prodamus",)  # gives nothing back by itself
DONE_BY_HAND = "Деньги возвращены вручную"


@pytest.fixture
def shop(telegram: str, migrated_sqlite: Path, tmp_path: Path) -> Iterator[School]:
    """A school that offers all five ways to pay, by the stand-ins of this machine."""
    more = {
        f"{name}_{field}".upper(): value
        for name, stand_in in STAND_INS.items()
        for field, value in stand_in.settings(telegram).items()
    }
    school = furnish(telegram, tmp_path, PAYMENT_PROVIDERS=",".join([*WAYS, "stars"]), **more)
    shutil.copy(migrated_sqlite, school.folder / "data" / "tandem.db")
    school.install()
    school.start()
    yield school
    assert school.stop() == 0


@dataclass
class Walk:
    """One buyer before their telephone; `way` is whom they pay by."""

    one: Buyer
    screen: Screen
    language: str
    way: str
    pictures: Path | None
    heard: int = 0  # the message up to which everything is old

    async def shot(self, moment: str) -> None:
        await self.screen.shot(f"pay-{self.way}-{moment}")

    async def hear(self, key: str, moment: str) -> str:
        """Wait for a text of ours that has not been heard before, and look at it."""
        told = await hear(self.one.shop, key, self.language, after=self.heard)
        self.heard = told.id
        await expect(self.screen.message(told.text.splitlines()[0])).to_be_visible()
        await self.shot(moment)
        return told.text

    async def order(self, button: str | None = None) -> Page:
        """Choose the tariff, or press that button, then the way, and follow its button to the page."""
        await self.one.shop.press(button or self.one.words.premium)
        await self.hear("order-how", "how")
        await self.screen.press(f"{WAYS[self.way][self.language]} ·")
        await self.hear("order-pay", "invoice")
        return await self.open_page()

    async def open_page(self) -> Page:
        async with self.screen.page.context.expect_page() as opened:
            await self.screen.log.get_by_role(
                "button", name=re.compile(f"^{PAY[self.language]}")
            ).last.click()
            await self.screen.page.get_by_role("dialog").get_by_role("button", name=GO).click()
        page = await opened.value
        await expect(page.get_by_role("button", name=WORDS[self.language]["pay"], exact=True)).to_be_visible()
        return page

    async def decide(self, page: Page, wish: str) -> None:
        await page.get_by_role("button", name=WORDS[self.language][wish], exact=True).click()
        await expect(page.get_by_role("status")).to_contain_text(ENDS[self.language][wish])
        if self.pictures is not None:
            await page.screenshot(path=self.pictures / f"pay-{self.way}-page-{wish}-{self.language}.png")


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_each_provider_is_bought_by_declined_and_given_back(
    language: str,
    shop: School,
    people: SandboxClient,
    telegram: str,
    open_screen: OpenScreen,
    pictures: Path | None,
) -> None:
    notify = {name: f"{shop.address}/payments/{name}" for name in WAYS}
    await people.plan_providers(notify=notify)
    desk = await desk_in(people, shop, shop.sales)
    for way in [*WAYS, "stars"]:
        one = await buyer(people, shop, language, f"Anna {way}")
        await one.reach_offer()
        screen = await open_screen(
            telegram, Look(language, PHONE), person=str(one.person.id), chat=shop.sales.username
        )
        walk = Walk(one, screen, language, way, pictures)
        receipt = await (_pay_by_stars(walk) if way == "stars" else _pay_on_the_page(walk, people))
        await _give_back(walk, shop, receipt)
    told = [one.text for one in await desk.messages() if pattern("sale-one", "ru").search(one.text)]
    assert len(told) == len(WAYS) + 1
    looking = await open_screen(
        telegram, Look("ru", PHONE), person=str(shop.admin_id), chat=shop.sales.username
    )
    await expect(looking.log.get_by_role("article").last).to_be_visible()
    await looking.shot(f"pay-owner-of-{language}")
    await shop.assert_well(people)


async def _pay_on_the_page(walk: Walk, people: SandboxClient) -> str:
    page = await walk.order()
    await walk.decide(page, "decline")
    await page.close()
    await people.clock.advance(seconds=61)
    key = "order-failed-later" if walk.way == "yookassa" else "order-failed"
    await walk.hear(key, "declined")
    page = await walk.order(AGAIN[walk.language])
    await walk.decide(page, "later")
    await walk.decide(page, "pay")
    await page.close()
    await people.clock.advance(seconds=61)
    return await walk.hear("order-paid", "paid")


async def _pay_by_stars(walk: Walk) -> str:
    await walk.one.shop.press(walk.one.words.premium)
    await walk.hear("order-how", "how")
    await walk.screen.press(f"{STARS[walk.language]} ·")
    await walk.hear("order-pay", "invoice")
    await walk.screen.press(PAY[walk.language])
    sheet = walk.screen.page.get_by_role("dialog")
    await expect(sheet).to_contain_text("5")
    await walk.shot("sheet")
    await sheet.get_by_role("button", name=re.compile("⭐")).click()
    return await walk.hear("order-paid", "paid")


async def _give_back(walk: Walk, shop: School, receipt: str) -> None:
    number = re.search(r"\b[A-Z0-9]{6}\b", receipt)
    assert number, receipt
    done = await asyncio.to_thread(shop.command, "refund", number.group())
    assert done.returncode == 0, done.stderr
    if walk.way in BY_HAND:
        desk = await desk_in(walk.one.tg, shop, shop.sales)
        await hear(desk, "refund-by-hand", "ru")
        await desk.press(DONE_BY_HAND)
    await eventually(lambda: _is_back(walk))
    await walk.hear("refund-buyer-closed", "back")


async def _is_back(walk: Walk) -> bool:
    """Whether the buyer reads of the refund; a provider that says only later how it stands is asked by and by."""
    told = pattern("refund-buyer-closed", walk.language)
    is_told = any(told.search(one.text) for one in await walk.one.shop.messages())
    if not is_told:
        await walk.one.tg.clock.advance(seconds=61)
    return is_told
