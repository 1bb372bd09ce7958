"""A subscription from its first payment over renewals, refusals, a stop and a return to its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_money import ledger_entries
from core.db.models.commerce_plans import subscriptions
from core.db.models.delivery import jobs, timers
from core.db.session import Database
from core.errors import DomainError
from core.events import JobFinished
from core.rules.periods import Period
from payment.base import Advice, PaymentState
from services.commerce.access.manual_access import revoke_access
from services.commerce.orders.manual_orders import settle_order
from services.commerce.orders.orders import OrderOutcome
from services.commerce.payments.calls import CHECK, CREATE
from services.commerce.payments.payments import get_order
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    buy,
    choose,
    created,
    finish,
    pass_time,
    press,
    said,
    told_of,
)
from tests.services.commerce.charges import (
    MONTH,
    only,
    pay_charge,
    press_card,
    refuse_charge,
    sell,
    settle,
    subscribe,
)

ADMIN = 1001
FIRST = datetime(2030, 2, 7, 9, tzinfo=UTC)


async def test_a_month_is_warned_of_charged_by_the_saved_method_and_renewed(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    assert (one.state, one.paid_until, one.method) == ("active", FIRST, "pm-1")
    assert len(await said(db, "sub-begun-saved")) == len(await said(db, "order-paid")) == 1
    await pass_time(db, clock, days=28)
    assert len(await said(db, "sub-warn-sub-saved")) == 1
    assert await count_rows(db, payments) == 1
    await pass_time(db, clock, days=3)
    charge = (await read_rows(db, payments))[-1]
    assert (charge.kind, charge.amount, charge.method, charge.key) == ("renewal", PRICE, "pm-1", "sub:1:1:0")
    request = (await read_rows(db, jobs))[-1].payload["request"]
    assert (request["method"], request["save_method"]) == ("pm-1", False)
    await pay_charge(db)
    one = await only(db)
    assert (one.state, one.charges, one.paid_until) == ("active", 2, datetime(2030, 3, 7, 9, tzinfo=UTC))
    (access,) = await read_rows(db, accesses)
    assert (access.status, access.ends_at) == ("active", None)
    assert len(await said(db, "sub-paid")) == 1
    assert await count_rows(db, orders, status="paid") == 1
    revenue = [row.amount for row in await read_rows(db, ledger_entries) if row.book == "revenue"]
    assert revenue == [-PRICE, -PRICE]


async def test_the_same_news_many_times_renews_once(db: Database, shop: Shop, clock: StillClock) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    for _ in range(3):
        await pay_charge(db)
        await pass_time(db, clock)
    assert (await only(db)).charges == 2
    assert await count_rows(db, payments) == 2
    assert len(await said(db, "sub-paid")) == 1


async def test_a_refused_renewal_is_tried_for_days_told_twice_and_then_it_ends(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    await refuse_charge(db)
    assert (await only(db)).state == "grace"
    for _ in range(24):
        await pass_time(db, clock, hours=1)
    await refuse_charge(db)
    await pass_time(db, clock, days=1)
    await refuse_charge(db)
    assert await count_rows(db, payments) == 4
    assert [len(await said(db, text)) for text in ("sub-refused", "sub-refused-last")] == [1, 1]
    (access,) = await read_rows(db, accesses)
    assert access.status == "active"
    await pass_time(db, clock, days=1)
    one, (access,) = await only(db), await read_rows(db, accesses)
    assert (one.state, one.reason, access.status) == ("ended", "unpaid", "revoked")
    assert len(await said(db, "sub-ended-unpaid")) == 1
    assert len(await said(db, "sub-given-up")) == 1
    await pass_time(db, clock, days=90)
    assert await count_rows(db, payments) == 4
    assert await count_rows(db, timers, kind="subscription") == 0


async def test_in_grace_she_pays_by_another_card_and_that_is_kept(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    await refuse_charge(db, Advice.NEVER)
    await press_card(db, shop, "pay")
    page = (await read_rows(db, payments))[-1]
    await created(db, page.id)
    await press_card(db, shop, "pay", "again")
    assert (await read_rows(db, payments))[-1].id == page.id
    assert [len(await said(db, text)) for text in ("order-pay", "sub-pay")] == [
        1,
        2,
    ]  # the first; this one, once more
    await settle(db, page.id, method="pm-2", method_title="MIR *1")
    one = await only(db)
    assert (one.state, one.method, one.paid_until) == ("active", "pm-2", datetime(2030, 3, 7, 9, tzinfo=UTC))


async def test_an_old_page_paid_after_a_new_beginning_lengthens_what_is_running(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    await refuse_charge(db, Advice.NEVER)
    await press_card(db, shop, "pay")
    page = (await read_rows(db, payments))[-1].id
    await created(db, page)
    await pass_time(db, clock, days=4)
    assert (await only(db)).reason == "unpaid"
    anew = await subscribe(db, shop)
    await settle(db, page)
    first, running = await read_rows(db, subscriptions)
    assert (first.state, running.state, running.charges) == ("ended", "active", 2)
    assert running.paid_until > anew.paid_until + timedelta(days=27)


async def test_a_charge_under_way_when_access_was_taken_away_opens_nothing_again(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    async with db.unit(1) as uow:
        await revoke_access(uow, 1, ADMIN)
    await pay_charge(db)
    one, (access,) = await only(db), await read_rows(db, accesses)
    assert (one.state, one.reason, access.status) == ("ended", "revoked", "revoked")
    (told,) = await said(db, "sub-charged-after")
    assert (told["chat_id"], len(told["buttons"])) == (ADMIN, 1)
    await pass_time(db, clock, days=90)
    assert await count_rows(db, payments) == 2


async def test_who_stops_keeps_what_is_paid_and_can_take_it_up_again(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await press_card(db, shop, "stop")
    (told,) = await said(db, "sub-card-stopped")
    words = {language: show_words(told["text"], language) for language in ("ru", "en")}
    assert "Оплачено до 7 февраля, до этого дня всё открыто" in words["ru"]
    assert "Paid until 7 February" in words["en"]
    assert (await read_rows(db, accesses))[0].ends_at == FIRST
    await press_card(db, shop, "go")
    assert (await read_rows(db, accesses))[0].ends_at is None
    await press_card(db, shop, "stop", "again")
    await pass_time(db, clock, days=30)
    assert await count_rows(db, payments) == 1
    assert (await read_rows(db, accesses))[0].status == "active"
    await pass_time(db, clock, days=1)
    assert ((await only(db)).reason, (await read_rows(db, accesses))[0].status) == ("stopped", "revoked")
    assert len(await said(db, "sub-ended-stopped")) == 1
    assert len(await said(db, "sub-given-up")) == 0
    with pytest.raises(DomainError, match="SUBSCRIPTION_NOT_FOUND"):
        await press_card(db, shop, "go")
    await subscribe(db, shop)  # back again
    assert [row.status for row in await read_rows(db, accesses)] == ["revoked", "active"]


async def test_while_nobody_knows_about_a_charge_nothing_is_charged_and_nothing_ends(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    payment = (await read_rows(db, payments))[-1]
    for _ in range(20):
        await pass_time(db, clock, hours=1)
    assert await count_rows(db, payments) == 2
    one = await only(db)
    assert (one.state, one.is_charging) == ("active", True)
    await finish(db, CHECK, payment.id, await told_of(db, payment.id, PaymentState.SUCCEEDED))
    assert (await only(db)).charges == 2


async def test_a_provider_that_is_down_for_a_day_loses_nobody(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    payment = (await read_rows(db, payments))[-1]
    down = {"error": "HTTP 500", "permanent": False}
    for _ in range(24):
        async with db.unit(1) as uow:
            uow.publish(JobFinished(CREATE, "k", {"payment_id": payment.id}, ok=False, result=down))
        await pass_time(db, clock, hours=1)
    assert await count_rows(db, payments) == 2
    assert len(await read_rows(db, jobs)) > 2  # the same payment is asked for again and again
    assert await said(db, "order-page-late") == await said(db, "sub-refused") == []
    assert (await read_rows(db, accesses))[0].status == "active"
    await pay_charge(db)
    assert ((await only(db)).charges, (await only(db)).state) == (2, "active")


async def test_pressed_again_what_she_subscribes_to_is_shown_as_it_stands(db: Database, shop: Shop) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    assert await press(db, shop, "monthly") is OrderOutcome.EXPLAINED
    assert len(await said(db, "sub-card-saved")) == 1
    stranger = replace(shop, buyer=replace(shop.buyer, id=shop.buyer.id + 1))
    with pytest.raises(DomainError, match="SUBSCRIPTION_NOT_FOUND"):
        await press_card(db, stranger, "stop")
    assert (await only(db)).cancelled_at is None


async def test_an_older_order_that_is_paid_late_lengthens_what_runs(db: Database, shop: Shop) -> None:
    await sell(db, shop, period=MONTH)
    assert await choose(db, shop, "monthly")
    await created(db, 1)
    assert await choose(db, shop, "basic")  # puts the first order aside, its page can still be paid
    one = await subscribe(db, shop)
    await settle(db, 1)
    assert [row.status for row in await read_rows(db, accesses)] == ["active", "revoked"]
    assert await count_rows(db, subscriptions) == 1
    assert (await only(db)).paid_until == datetime(2030, 3, 7, 9, tzinfo=UTC)
    assert one.paid_until == FIRST


async def test_without_a_saved_method_she_is_asked_to_pay_each_time(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=Period(days=30))
    one = await subscribe(db, shop, method="")
    await pass_time(db, clock, days=27)
    (warned,) = await said(db, "sub-warn-sub-hand")
    assert warned["buttons"][0][0]["press"] == f"sub.pay-{one.id}"
    await pass_time(db, clock, days=3)
    assert len(await said(db, "sub-ask")) == 1
    await press_card(db, shop, "pay")
    page = (await read_rows(db, payments))[-1]
    await created(db, page.id)
    await settle(db, page.id, method="")
    assert (await only(db)).paid_until == one.paid_until + timedelta(days=30)


async def test_a_higher_subscription_takes_off_what_is_left_of_the_lower_one(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "small", period=Period(days=30))
    rights = {"rights": ["questions", "feedback"], "price": 2 * PRICE}
    await sell(db, shop, "large", period=Period(days=30), more=rights)
    await subscribe(db, shop, "small")
    await pass_time(db, clock, days=15)
    await subscribe(db, shop, "large")
    bought = (await read_rows(db, orders))[-1]
    assert (bought.price, bought.credit, bought.whole) == (2 * PRICE - PRICE // 2, PRICE // 2, 2 * PRICE)
    small, large = await read_rows(db, subscriptions)
    assert (small.reason, large.state, large.price) == ("changed", "active", 2 * PRICE)
    assert [row.status for row in await read_rows(db, accesses)] == ["revoked", "active"]
    assert await said(db, "sub-ended-stopped") == []


async def test_what_was_bought_for_good_is_not_taken_off_a_subscription(db: Database, shop: Shop) -> None:
    await sell(db, shop, "large", period=MONTH, more={"rights": ["questions", "feedback"]})
    await buy(db, shop, "basic")
    await subscribe(db, shop, "large")
    assert (await read_rows(db, orders))[-1].price == PRICE
    assert [row.status for row in await read_rows(db, accesses)] == ["active", "active"]


async def test_a_revoked_access_is_charged_no_more(db: Database, shop: Shop, clock: StillClock) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    async with db.unit(1) as uow:
        await revoke_access(uow, one.access_id, 1001)
    await pass_time(db, clock, days=60)
    assert (await only(db)).reason == "revoked"
    assert await count_rows(db, payments) == 1


async def _run_out(db: Database, clock: StillClock) -> None:
    """The month goes by, with its warning, and is over."""
    await pass_time(db, clock, days=28)
    await pass_time(db, clock, days=3)


async def test_a_renewal_that_went_back_ends_what_it_paid(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await _run_out(db, clock)
    payment_id = await pay_charge(db)
    await finish(db, CHECK, payment_id, await told_of(db, payment_id, PaymentState.SUCCEEDED, refunded=PRICE))
    assert ((await only(db)).reason, (await read_rows(db, accesses))[0].status) == ("revoked", "revoked")
    await pass_time(db, clock, days=60)
    assert await count_rows(db, payments) == 2


async def test_a_charge_nobody_knows_about_is_settled_by_hand(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    await _run_out(db, clock)
    await _settle(db, one.order_id)
    assert (await only(db)).charges == 2
    with pytest.raises(DomainError, match="ALREADY_PAID"):
        await _settle(db, one.order_id)


async def _settle(db: Database, order_id: int) -> None:
    async with db.unit(1) as uow:
        await settle_order(uow, await get_order(uow, order_id), "1001")
