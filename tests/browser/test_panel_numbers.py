"""Numbers as a member reads them: what is counted, the rows, the people behind; empty where nothing has happened."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.async_api import Browser, expect

from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.roles import MemberRole
from tests.browser.panel_page import LOOKS, PanelLook, opened, serving
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import PRICE, add_ledger_line, add_order, add_payment
from tests.factories.shops import open_shop
from web.api.panel import BUILT

ANALYST = 2002
NAME = {"en": "Numbers", "ru": "Цифры"}
SECTIONS = 13
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_numbers_are_read_and_open_their_people(
    browser: Browser, school: Database, pictures: Path | None, look: PanelLook
) -> None:
    shop = await open_shop(school)
    async with school.unit(1) as uow:
        for number in range(2):
            buyer = await add_contact(uow, 600_000 + number, first_name=f"Buyer{number}")
            await add_chat(uow, shop.sales_bot, buyer)
            paid = {"status": OrderStatus.PAID, "public_id": f"P{number}", "paid_at": uow.now}
            order_id = await add_order(uow, buyer, shop.basic, **paid)
            at = uow.now - timedelta(hours=1)
            payment_id = await add_payment(uow, order_id, status=PaymentStatus.SUCCEEDED, settled_at=at)
            line = {"entry": f"pay:{payment_id}:paid", "order_id": order_id, "at": at}
            await add_ledger_line(uow, payment_id, **line, book="revenue", amount=-PRICE)
    async with serving(school) as address, opened(browser, address, look, pictures) as panel:
        await panel.sign_in(school, ANALYST, MemberRole.ANALYST)
        await panel.enter(NAME[look.language])
        paid = {"en": "Paid: 2 people", "ru": "Оплатили: 2 человека"}[look.language]
        link = panel.page.get_by_role("link", name=paid, exact=True)
        await link.wait_for()
        await expect(panel.page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(panel.page.get_by_role("heading", level=2)).to_have_count(SECTIONS)
        await panel.page.get_by_role(
            "button", name={"en": "As a table", "ru": "Таблицей"}[look.language]
        ).click()
        await expect(panel.page.get_by_role("img").locator("canvas")).to_be_visible()
        await panel.must_be_fit("numbers")
        await link.click()
        await panel.page.wait_for_url("**/people?where=*")
        assert 'where={"counted":{"number":"paid"' in unquote(panel.page.url)


async def test_a_period_without_anything_says_what_will_be_here(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, ANALYST, MemberRole.ANALYST)
        await panel.enter("Numbers")
        await panel.page.get_by_text("7 days").click()
        await panel.page.wait_for_url("**/numbers?period=week")
        await expect(panel.page.get_by_text("Nobody is stuck.")).to_be_visible()
        await expect(panel.page.get_by_text("No money yet in this time.")).to_be_visible()
        await panel.must_be_fit("numbers-empty")
