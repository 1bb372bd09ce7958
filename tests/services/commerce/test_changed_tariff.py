"""A subscription becomes a cheaper one with its next charge: agreed to, taken back, charged, and nothing lost meanwhile."""

import pytest
from sqlalchemy import update

from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.models.commerce_plans import subscriptions
from core.db.models.delivery import jobs
from core.db.session import Database
from core.errors import DomainError
from core.rules.periods import Period
from payment.base import PaymentState
from services.commerce.catalog.tariffs import get_tariff, terms_of
from services.commerce.orders.orders import OrderOutcome
from services.commerce.payments.calls import CHECK
from services.commerce.subscriptions import cards
from services.delivery.speech import Screen
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import created, finish, pass_time, press, said, told_of
from tests.services.commerce.charges import MONTH, only, pay_charge, press_card, sell, subscribe

LESS = {"price": PRICE // 2, "rights": []}


async def begin(db: Database, shop: Shop, period: Period = MONTH, **kept: str) -> None:
    """Subscribe to the higher of two tariffs."""
    await sell(db, shop, "monthly", period=MONTH)
    await sell(db, shop, "light", more=LESS, period=period)
    await subscribe(db, shop, **kept)


async def agree(db: Database, shop: Shop, *, terms: str = "") -> None:
    """Press the button that changes it."""
    one = await only(db)
    async with db.unit(1) as uow:
        light = await get_tariff(uow, "light")
        pressed = f"change-{one.id}-{light.id}~{terms or terms_of(light)}"
        await cards.press(uow, shop.buyer, pressed, Screen(shop.chat, f"agree:{terms}"))


async def run_out(db: Database, clock: StillClock) -> None:
    for days in (28, 3):
        await pass_time(db, clock, days=days)


async def test_a_cheaper_one_is_offered_for_the_end_of_what_is_paid(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await begin(db, shop)
    assert await press(db, shop, "light") is OrderOutcome.EXPLAINED
    (offer,) = await said(db, "change-offer")
    ((button,),) = offer["buttons"]
    assert button["press"].startswith(f"sub.change-{(await only(db)).id}-")
    assert await count_rows(db, orders) == 1
    await agree(db, shop)
    assert len(await said(db, "sub-card-change")) == 1
    before = await only(db)
    assert (before.next_price, before.price) == (PRICE // 2, PRICE)
    await run_out(db, clock)
    assert len(await said(db, "sub-warn-change-saved")) == 1
    charge = (await read_rows(db, payments))[-1]
    assert charge.amount == PRICE // 2
    request = (await read_rows(db, jobs))[-1].payload["request"]
    assert request["items"] == [{"description": "Tariff light", "amount": PRICE // 2}]
    assert (await only(db)).tariff_id == before.tariff_id, "nothing changes before it is paid"
    await pay_charge(db)
    after, (light,) = await only(db), await read_rows(db, tariffs, code="light")
    assert (after.tariff_id, after.price, after.next_tariff_id) == (light.id, PRICE // 2, None)
    assert (after.state, after.paid_until > before.paid_until) == ("active", True)
    (opened,) = await read_rows(db, accesses, status="active")
    assert (opened.id, opened.tariff_id, opened.payment_id) == (after.access_id, light.id, charge.id)
    assert await count_rows(db, accesses, status="revoked") == 1
    assert await count_rows(db, subscriptions) == 1


async def test_it_can_be_taken_back(db: Database, shop: Shop, clock: StillClock) -> None:
    await begin(db, shop)
    await agree(db, shop)
    await press_card(db, shop, "keep")
    assert (await only(db)).next_tariff_id is None
    await run_out(db, clock)
    assert (await read_rows(db, payments))[-1].amount == PRICE
    await pay_charge(db)
    assert await count_rows(db, accesses) == 1


async def test_who_had_stopped_and_changes_goes_on(db: Database, shop: Shop) -> None:
    await begin(db, shop)
    await press_card(db, shop, "stop")
    await agree(db, shop)
    one = await only(db)
    assert (one.cancelled_at, one.next_price) == (None, PRICE // 2)


async def test_terms_that_have_changed_are_read_first_and_the_price_agreed_to_stays(
    db: Database, shop: Shop
) -> None:
    await begin(db, shop)
    await agree(db, shop, terms="older")
    assert (await only(db)).next_tariff_id is None
    assert len(await said(db, "change-offer")) == 1
    await agree(db, shop)
    async with db.transaction() as transaction:
        await transaction.conn.execute(
            update(tariffs).where(tariffs.c.code == "light").values(price=PRICE, is_active=False)
        )
    assert (await only(db)).next_price == PRICE // 2
    with pytest.raises(DomainError, match="NOT_ON_SALE"):
        await agree(db, shop)


async def test_a_charge_of_the_former_price_changes_nothing(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    """It was under way when the change was agreed to; the change waits for the next one."""
    await begin(db, shop)
    await run_out(db, clock)
    await agree(db, shop)
    await pay_charge(db)
    one = await only(db)
    assert (one.price, one.next_price, one.charges) == (PRICE, PRICE // 2, 2)
    await run_out(db, clock)
    assert (await read_rows(db, payments))[-1].amount == PRICE // 2


async def test_who_pays_by_hand_gets_a_page_of_the_new_price_and_the_new_period(
    db: Database, shop: Shop
) -> None:
    await begin(db, shop, Period(months=3), method="", method_title="")
    until = (await only(db)).paid_until
    await press_card(db, shop, "pay")
    await created(db, (await read_rows(db, payments))[-1].id)
    await agree(db, shop)
    await press_card(db, shop, "pay", "again")
    asked = (await read_rows(db, payments))[-1]
    assert asked.amount == PRICE // 2
    await created(db, asked.id)
    invoice = (await said(db, "sub-pay"))[-1]
    assert "Tariff light" in str(invoice["text"])
    await finish(db, CHECK, asked.id, await told_of(db, asked.id, PaymentState.SUCCEEDED))
    one = await only(db)
    assert (until.month, one.paid_until.month, one.paid_until.day) == (2, 5, until.day)


async def test_the_new_one_is_stopped_and_ends_like_any_other(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await begin(db, shop)
    await agree(db, shop)
    await run_out(db, clock)
    await pay_charge(db)
    await press_card(db, shop, "stop", "new")
    await pass_time(db, clock, days=28)
    one = await only(db)
    assert (one.state, one.reason) == ("ended", "stopped")
    (ended,) = await said(db, "sub-ended-stopped")
    assert "Tariff light" in str(ended["text"])
    assert await count_rows(db, accesses, status="active") == 0
