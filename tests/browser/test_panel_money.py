"""The money of a school changed in the panel: a tariff, a promo code, a subscription, what partners ask for, an order."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from core.db.models.commerce_partners import commissions, payouts
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from tests.browser.panel_page import LOOKS, Panel, opened, serving
from tests.factories.persons import add_contact
from tests.factories.rows import add_row
from tests.factories.sales import add_access, add_order, add_partner, add_payment, add_subscription
from tests.factories.shops import open_shop
from web.api.panel import BUILT

OWNER = 1001
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def school(school: Database) -> Database:
    """A shop with a subscription, and two partners who ask for a payout."""
    shop = await open_shop(school)
    async with school.unit(1) as uow:
        order = await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID, paid_at=uow.now)
        access = await add_access(uow, shop.buyer.id, shop.basic, ends_at=uow.now + timedelta(days=30))
        await add_subscription(uow, shop.buyer.id, shop.basic, order, access)
        for number, sum_asked in enumerate((50_000, 70_000)):
            person = await add_contact(uow, 4004 + number)
            partner = await add_partner(uow, person.id, f"PART{number}")
            gift = await add_order(uow, person, shop.basic, public_id=f"N{number}", is_gift=True)
            made = {"status": PaymentStatus.SUCCEEDED, "provider": "prodamus"}
            payment = await add_payment(uow, gift, **made)
            share = {"partner_id": partner, "payment_id": payment, "level": 1, "refund_id": 0}
            sums = {"amount": sum_asked, "currency": "RUB"}
            dates = {"payable_at": uow.now, "created_at": uow.now}
            await add_row(uow, commissions, {**share, **sums, "status": "earned", **dates}, {})
            asked = {"partner_id": partner, "status": "requested", "created_at": uow.now}
            await add_row(uow, payouts, {**asked, **sums}, {})
    return school


async def test_what_is_sold_and_owed_is_changed(
    browser: Browser, school: Database, pictures: Path | None
) -> None:
    async with serving(school) as address, opened(browser, address, LOOKS[0], pictures) as panel:
        await panel.sign_in(school, OWNER)
        await panel.enter("Money")
        await _look_at_payments(panel)
        await _change_and_stop_a_tariff(panel)
        await _make_a_promo_code(panel)
        await _stop_a_subscription(panel)
        await _answer_partners(panel)
        await _give_back_by_hand(panel)
        assert panel.complaints == []


async def _go_to(panel: Panel, part: str) -> None:
    link = panel.page.get_by_role("main").get_by_role("link", name=part, exact=True)
    await link.click()
    await expect(link).to_have_attribute("aria-current", "page")


async def _look_at_payments(panel: Panel) -> None:
    await _go_to(panel, "Payments")
    await panel.page.get_by_role("combobox", name="Which payments").click()
    await panel.page.get_by_role("option", name="paid", exact=True).click()
    shown = panel.page.get_by_role("list", name="Payments").get_by_role("listitem")
    await expect(shown.first).to_contain_text("paid")
    table = panel.page.get_by_role("link", name="As a table (XLSX)")
    await expect(table).to_have_attribute("href", re.compile("/payments/export.xlsx.status=succeeded$"))
    await panel.must_be_fit("money-payments")


async def _change_and_stop_a_tariff(panel: Panel) -> None:
    await _go_to(panel, "Tariffs")
    dialog = panel.page.get_by_role("dialog")
    await panel.page.get_by_role("button", name="Change", exact=True).first.click()
    await expect(dialog.get_by_text("Who has bought it keeps the price it was bought for.")).to_be_visible()
    await dialog.get_by_role("textbox", name="Price").fill("777")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    changed = panel.page.get_by_role("listitem").filter(has_text="777")
    await expect(changed).to_have_count(1)
    await changed.get_by_role("button", name="Stop selling").click()
    await dialog.get_by_role("button", name="Stop selling it").click()
    await expect(dialog).to_be_hidden()
    await expect(changed.get_by_text("not sold")).to_be_visible()


async def _make_a_promo_code(panel: Panel) -> None:
    await _go_to(panel, "Promo codes")
    dialog = panel.page.get_by_role("dialog")
    await panel.page.get_by_role("button", name="New promo code").click()
    await dialog.get_by_role("textbox", name="Code", exact=True).fill("AUTUMN")
    await dialog.get_by_role("combobox", name="What it takes off").click()
    await panel.page.get_by_role("option", name="a sum", exact=True).click()
    await dialog.get_by_role("textbox", name="How much less").fill("300")
    await dialog.get_by_label("Last day").fill("2031-08-31")
    await panel.must_be_fit("money-promo-new")
    await dialog.get_by_role("button", name="Make the code").click()
    await expect(dialog).to_be_hidden()
    made = panel.page.get_by_role("listitem").filter(has_text="AUTUMN")
    await expect(made.get_by_text("300")).to_be_visible()
    # The last day ends with the school's clock, which is three hours behind that of this browser.
    ends = made.get_by_text("until").get_by_role("time")
    await expect(ends).to_have_attribute("datetime", "2031-08-31T23:59:59Z")
    await expect(ends).to_have_text("Aug 31, 2031, 11:59 PM")


async def _stop_a_subscription(panel: Panel) -> None:
    await _go_to(panel, "Subscriptions")
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    await page.get_by_role("button", name="Stop", exact=True).click()
    await expect(dialog.get_by_text("What is paid stays open until it is over.")).to_be_visible()
    await dialog.get_by_role("button", name="Stop the subscription").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("stops at the end")).to_be_visible()
    await page.get_by_role("button", name="Go on", exact=True).click()
    await dialog.get_by_role("button", name="Let it go on").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text("stops at the end")).to_have_count(0)


async def _answer_partners(panel: Panel) -> None:
    await _go_to(panel, "Partners")
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    first = page.get_by_role("listitem").filter(has_text="PART0")
    await first.get_by_role("button", name="Paid", exact=True).click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    await dialog.get_by_role("button", name="I have sent").dblclick()
    await expect(first).to_have_count(0)
    assert len(asked) == 1, asked
    second = page.get_by_role("listitem").filter(has_text="PART1")
    await second.get_by_role("button", name="Refuse", exact=True).click()
    await dialog.get_by_role("button", name="Refuse the payout").click()
    await expect(page.get_by_text("Nobody asks for a payout.")).to_be_visible()


async def _give_back_by_hand(panel: Panel) -> None:
    """Prodamus gives nothing back when asked: the panel says what to do, and closes nothing before that is done."""
    await _go_to(panel, "Orders")
    page, dialog = panel.page, panel.page.get_by_role("dialog")
    await page.get_by_role("listitem").filter(has_text="N1").get_by_role("link").click()
    for answer, end in (("Do not give it back", "refused"), ("The money is back", "given back")):
        await page.get_by_role("button", name="Give money back").click()
        await dialog.get_by_role("button", name=re.compile("^Give ")).click()
        await expect(dialog).to_be_hidden()
        asked = page.get_by_role("alert").filter(has_text="in the cabinet of prodamus")
        await expect(asked).to_be_visible()
        await panel.must_be_fit("money-refund-by-hand")
        await asked.get_by_role("button", name=answer, exact=True).click()
        await expect(asked).to_be_hidden()
        await expect(page.get_by_role("cell", name=end, exact=True)).to_be_visible()
