"""Instalments, trials, what a provider renews by itself, and a pause: all by the same rules as a subscription."""

from datetime import UTC, datetime, timedelta

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments
from core.db.models.commerce_plans import subscriptions
from core.db.models.delivery import jobs
from core.db.session import Database
from core.events import JobFinished, PauseBegan
from core.money import Money
from payment.base import PaymentFacts, PaymentState
from services.commerce.catalog.tariffs import OfferPlace, buy_button, get_tariff
from services.commerce.orders.orders import OrderOutcome
from services.commerce.payments.calls import NOTICE, STOP, write_facts
from services.commerce.subscriptions import subscriptions as room
from services.delivery.jobs import kind_for
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import choose, created, pass_time, press, said
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


async def test_three_parts_open_it_at_once_and_make_it_hers_in_the_end(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "parts", period=MONTH, parts=3, more={"price": 100_00})
    await subscribe(db, shop, "parts")
    for _ in range(2):
        await pass_time(db, clock, days=28)
        await pass_time(db, clock, days=3)
        await pay_charge(db)
    rows = await read_rows(db, payments)
    assert [(row.amount, row.kind) for row in rows] == [
        (3334, "purchase"),
        (3333, "instalment"),
        (3333, "instalment"),
    ]
    one, (access,) = await only(db), await read_rows(db, accesses)
    assert (one.state, one.reason, access.status, access.ends_at) == ("ended", "complete", "active", None)
    assert [len(await said(db, text)) for text in ("sub-paid-part", "sub-complete")] == [1, 1]
    await pass_time(db, clock, days=90)
    assert await count_rows(db, payments) == 3


async def test_a_part_that_fails_beyond_the_grace_closes_it(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "parts", period=MONTH, parts=3, grace_days=1)
    await subscribe(db, shop, "parts")
    await pass_time(db, clock, days=28)
    (warned,) = await said(db, "sub-warn-parts-saved")
    told = show_words(warned["text"], "ru")
    assert told.startswith("7 февраля спишем 633,33\N{NO-BREAK SPACE}₽ (Visa *4242): это платёж 2 из 3")
    await pass_time(db, clock, days=3)
    await refuse_charge(db)
    await pass_time(db, clock, days=1)
    assert ((await only(db)).reason, (await read_rows(db, accesses))[0].status) == ("unpaid", "revoked")


async def test_what_was_paid_in_parts_is_taken_off_the_higher_tariff(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "parts", period=MONTH, parts=2)
    await sell(db, shop, "full", more={"rights": ["questions", "mentor"], "price": 3 * PRICE})
    await subscribe(db, shop, "parts")
    assert await choose(db, shop, "full", agreed=True)
    assert [(row.price, row.credit) for row in await read_rows(db, orders)][-1] == (
        3 * PRICE - PRICE // 2,
        PRICE // 2,
    )
    payment_id = (await read_rows(db, payments))[-1].id
    await created(db, payment_id)
    await settle(db, payment_id)
    assert ((await only(db)).reason, await count_rows(db, accesses, status="active")) == ("changed", 1)
    await pass_time(db, clock, days=60)
    assert await count_rows(db, payments) == 2


async def test_a_trial_opens_it_for_nothing_once_and_ends_without_a_charge(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "try", period=MONTH, trial_days=7)
    assert await press(db, shop, "try") is OrderOutcome.ORDERED
    one, (payment,) = await only(db), await read_rows(db, payments)
    assert (one.state, one.paid_until) == ("trial", datetime(2030, 1, 14, 9, tzinfo=UTC))
    assert (payment.provider, payment.amount, payment.status) == ("free", 0, "succeeded")
    assert await count_rows(db, jobs, kind="create_payment") == 0
    await pass_time(db, clock, days=6)
    (warned,) = await said(db, "sub-warn-trial")
    assert warned["buttons"][0][0]["press"] == f"sub.pay-{one.id}"
    await pass_time(db, clock, days=1)
    assert ((await only(db)).state, (await read_rows(db, accesses))[0].status) == ("ended", "revoked")
    assert len(await said(db, "sub-ended-trial")) == 1
    assert (
        await press(db, shop, "try") is OrderOutcome.ORDERED
    )  # no second trial: the first month is to be paid
    assert (await read_rows(db, orders))[-1].price == PRICE


async def test_a_trial_that_is_paid_goes_on_from_its_end(db: Database, shop: Shop, clock: StillClock) -> None:
    await sell(db, shop, "try", period=MONTH, trial_days=7)
    await press(db, shop, "try")
    await pass_time(db, clock, days=6)
    await press_card(db, shop, "pay")
    page = (await read_rows(db, payments))[-1]
    await created(db, page.id)
    await settle(db, page.id, method="pm-1", method_title="Visa *4242")
    one = await only(db)
    assert (one.state, one.method, one.paid_until) == ("active", "pm-1", datetime(2030, 2, 14, 9, tzinfo=UTC))
    assert await count_rows(db, accesses) == 1


async def test_a_trial_before_a_plain_price_makes_it_hers(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, "try", trial_days=3)
    await press(db, shop, "try")
    await press_card(db, shop, "pay")
    page = (await read_rows(db, payments))[-1]
    assert page.amount == PRICE
    await created(db, page.id)
    await settle(db, page.id)
    await pass_time(db, clock, days=30)
    assert ((await only(db)).reason, (await read_rows(db, accesses))[0].status) == ("complete", "active")


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("ru", "7 дней бесплатно, затем 1\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}₽ в месяц"),
        ("en", "7 days free, then ₽1,900 a month"),
    ],
)
async def test_the_button_says_what_is_paid_and_when(
    db: Database, shop: Shop, language: str, label: str
) -> None:
    await sell(db, shop, "try", period=MONTH, trial_days=7)
    async with db.unit(1) as uow:
        button = buy_button(await get_tariff(uow, "try"), OfferPlace(shop.chat))
    assert show_words(button["text"], language) == f"Tariff try · {label}"


async def test_who_has_had_the_course_reads_the_price_without_a_trial(db: Database, shop: Shop) -> None:
    await sell(db, shop, "try", period=MONTH, trial_days=7)
    await press(db, shop, "try")
    await press_card(db, shop, "stop")
    async with db.unit(1) as uow:
        other = await add_contact(uow, 7_777)
        await add_chat(uow, SALES_BOT, other)
    assert (await only(db)).contact_id == shop.buyer.id
    await sell(db, shop, "once", trial_days=7, more={"rights": ["questions", "feedback"]})
    assert await choose(db, shop, "once", agreed=True)
    payment_id = (await read_rows(db, payments))[-1].id
    await created(db, payment_id)
    await settle(db, payment_id)
    assert (await count_rows(db, subscriptions), await count_rows(db, accesses, status="active")) == (1, 1)
    await sell(db, shop, "more", period=MONTH, trial_days=7, more={"rights": ["questions", "mentor"]})
    await press(db, shop, "more", agreed=True)
    assert (await read_rows(db, orders))[-1].price == PRICE


async def test_a_renewal_of_the_providers_own_is_kept_once_and_its_end_counts(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop, renews_until=FIRST)
    one = await only(db)
    assert (one.method, one.profile, one.paid_until) == (None, "ext-1", FIRST)
    await pass_time(db, clock, days=28)
    assert len(await said(db, "sub-warn-sub-provider")) == 1
    await pass_time(db, clock, days=3)
    assert await said(db, "sub-late") == []  # it takes a little
    await pass_time(db, clock, hours=6)
    assert ((await only(db)).state, len(await said(db, "sub-late"))) == ("grace", 1)
    until = FIRST + timedelta(days=30)
    order = (await read_rows(db, orders))[0]
    renewed = PaymentFacts(
        "ext-renewed", PaymentState.SUCCEEDED, Money(PRICE, "RUB"), 1, order.public_id, renews_until=until
    )
    for _ in range(2):
        await _notice(db, renewed)
    one = await only(db)
    assert (one.state, one.charges, one.paid_until) == ("active", 2, until)
    assert [row.kind for row in await read_rows(db, payments)] == ["purchase", "renewal"]
    assert await said(db, "payment-surplus") == []


async def test_a_renewal_that_names_only_its_profile_is_found(db: Database, shop: Shop) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop, previous_id="profile-9")
    facts = PaymentFacts("ext-2", PaymentState.SUCCEEDED, Money(PRICE, "RUB"), previous_id="profile-9")
    await _notice(db, facts)
    assert ((await only(db)).charges, await count_rows(db, payments)) == (2, 2)
    await _notice(
        db, PaymentFacts("ext-3", PaymentState.CANCELLED, Money(PRICE, "RUB"), previous_id="profile-9")
    )
    await _notice(db, PaymentFacts("ext-4", PaymentState.SUCCEEDED, Money(1, "RUB"), previous_id="profile-9"))
    assert (await only(db)).charges == 2  # refused, and another sum


async def test_stopped_here_it_is_stopped_at_the_provider_and_admins_hear_where_that_fails(
    db: Database, shop: Shop
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await sell(db, shop, period=MONTH, provider_plan="77")
    await subscribe(db, shop, previous_id="profile-9")
    await press_card(db, shop, "stop")
    (job,) = await read_rows(db, jobs, kind=kind_for(STOP, "scripted"))
    assert (job.payload["external_id"], job.payload["telegram_id"]) == (
        "77:profile-9",
        shop.buyer.telegram_id,
    )
    failed = {"error": "HTTP 500", "permanent": False}
    async with db.unit(1) as uow:
        uow.publish(JobFinished(job.kind, job.key, job.payload, ok=False, result=failed))
    assert len(await said(db, "sub-stop-failed")) == 1


@pytest.mark.parametrize(("profile", "payment_id"), [("profile-9", None), ("", 1)])
async def test_stopped_at_the_provider_it_is_stopped_here_and_nobody_is_asked(
    db: Database, shop: Shop, profile: str, payment_id: int | None
) -> None:
    await sell(db, shop, period=MONTH, provider_plan="77")
    await subscribe(db, shop, previous_id="profile-9")
    told = {"provider": "scripted", "external_id": profile, "payment_id": payment_id}
    for event in ("subscription.active", "subscription.canceled", "subscription.canceled"):
        async with db.unit(1) as uow:
            heard = {**told, "event": event}
            uow.publish(JobFinished(NOTICE, "k", heard, ok=True, result={"facts": None}))
        assert ((await only(db)).cancelled_at is not None) is (event == "subscription.canceled")
    assert await read_rows(db, jobs, kind=kind_for(STOP, "scripted")) == []


async def test_a_pause_lets_the_paid_time_stand_still(db: Database, shop: Shop, clock: StillClock) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    await pass_time(db, clock, days=5)
    async with db.unit(1) as uow:
        uow.publish(PauseBegan(1, one.access_id))
    assert (await only(db)).state == "frozen"
    assert len(await said(db, "sub-frozen")) == 1
    await pass_time(db, clock, days=20)
    assert await count_rows(db, payments) == 1
    async with db.unit(1) as uow:
        assert await room.thaw(uow, one.access_id)
    assert ((await only(db)).state, (await only(db)).paid_until) == ("active", FIRST + timedelta(days=20))
    assert await said(db, "sub-thawed") == []


async def test_a_pause_without_an_end_keeps_nothing_open_for_good(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    async with db.unit(1) as uow:
        uow.publish(PauseBegan(1, one.access_id))
    await pass_time(db, clock, days=27)
    assert (await only(db)).state == "frozen"
    await pass_time(db, clock, days=1)
    one = await only(db)
    assert (one.state, one.paid_until, one.frozen_at) == ("active", FIRST + MONTH.span, None)
    assert len(await said(db, "sub-thawed")) == 1
    await pass_time(db, clock, days=28)
    assert len(await said(db, "sub-warn-sub-saved")) == 1
    await pass_time(db, clock, days=3)
    assert await count_rows(db, payments) == 2  # charged as announced
    async with db.unit(1) as uow:
        assert await room.thaw(uow, one.access_id)  # back again, and nothing is moved a second time
    assert (await only(db)).paid_until == one.paid_until


async def test_who_has_stopped_and_pauses_comes_back_to_the_same_days(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    one = await subscribe(db, shop)
    await press_card(db, shop, "stop")
    async with db.unit(1) as uow:
        uow.publish(PauseBegan(1, one.access_id))
    await pass_time(db, clock, days=20)
    (access,) = await read_rows(db, accesses)
    assert access.ends_at is None
    async with db.unit(1) as uow:
        assert await room.thaw(uow, one.access_id)
    (access,) = await read_rows(db, accesses)
    assert access.ends_at == (await only(db)).paid_until == FIRST + timedelta(days=20)


async def _notice(db: Database, facts: PaymentFacts) -> None:
    """The provider tells it by itself, and was asked."""
    payload = {"provider": "scripted", "external_id": facts.external_id, "payment_id": facts.payment_id}
    async with db.unit(1) as uow:
        uow.publish(JobFinished(NOTICE, "k", payload, ok=True, result={"facts": write_facts(facts)}))
