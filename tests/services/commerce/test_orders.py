"""Choosing a tariff, and being reminded of it."""

import asyncio
from collections.abc import Mapping

import pytest

from core.db.models.commerce import accesses, orders, payments
from core.db.models.delivery import jobs, outbox, timers
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import OrderStatus, PaymentStatus
from payment.base import PaymentState
from services.commerce.orders import show_open_order
from services.commerce.tariffs import take_off_sale
from services.delivery.jobs import Perform
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_access
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    PAGE,
    ScriptedProvider,
    buy,
    checked,
    choose,
    created,
    only_order,
    only_payment,
    pass_time,
    said,
    work,
)

HOUR = {"seconds": 3600}


async def test_a_chosen_tariff_becomes_an_order_a_payment_and_a_job(db: Database, shop: Shop) -> None:
    assert await choose(db, shop, run_id=7, visit=3)
    order, payment = await only_order(db), await only_payment(db)
    assert (order.price, order.currency, order.status) == (PRICE, "RUB", OrderStatus.OPEN)
    assert (order.run_id, order.run_visit, order.chat_id) == (7, 3, shop.buyer.telegram_id)
    assert (payment.order_id, payment.amount, payment.status) == (order.id, PRICE, PaymentStatus.NEW)
    (job,) = await read_rows(db, jobs)
    wanted = {"payment_id": payment.id, "amount": PRICE, "currency": "RUB", "description": "basic"}
    assert (job.kind, job.payload) == ("create_payment", wanted)


async def test_nothing_is_said_before_the_provider_knows_the_payment(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    assert await count_rows(db, outbox) == 0


async def test_a_tariff_chosen_again_is_the_same_order(db: Database, shop: Shop) -> None:
    assert [await choose(db, shop) for _ in range(5)] == [True, False, False, False, False]
    assert [await count_rows(db, table) for table in (orders, payments, jobs, timers)] == [1, 1, 1, 1]


async def test_a_hundred_presses_at_once_are_one_order(db: Database, shop: Shop) -> None:
    answers = await asyncio.gather(*(choose(db, shop) for _ in range(100)))
    assert sum(answers) == 1
    assert [await count_rows(db, table) for table in (orders, payments, jobs, timers)] == [1, 1, 1, 1]


async def test_two_tariffs_are_two_orders(db: Database, shop: Shop) -> None:
    assert await choose(db, shop, "basic")
    assert await choose(db, shop, "club")
    assert await count_rows(db, orders) == 2


async def test_an_unknown_tariff_is_named(db: Database, shop: Shop) -> None:
    with pytest.raises(DomainError, match="TARIFF_NOT_FOUND: gold"):
        await choose(db, shop, "gold")
    assert await count_rows(db, orders) == 0


async def test_a_tariff_that_is_sold_no_more_is_refused(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await take_off_sale(uow, ["club"])
    with pytest.raises(DomainError, match="NOT_ON_SALE: basic"):
        await choose(db, shop, "basic")
    assert await choose(db, shop, "club")
    assert await count_rows(db, orders) == 1


async def test_an_order_outlives_the_sale_of_its_tariff(db: Database, shop: Shop) -> None:
    await choose(db, shop, "basic")
    async with db.unit(1) as uow:
        await take_off_sale(uow, [])
    payment = await only_payment(db)
    await created(db, payment.id)
    assert await choose(db, shop, "basic") is False
    async with db.unit(1) as uow:
        await show_open_order(uow, shop.buyer, "basic", "again")
    assert len(await said(db, "order-pay")) == 2
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    assert (await only_order(db)).status == OrderStatus.PAID
    assert await count_rows(db, accesses) == 1


async def test_what_she_has_cannot_be_bought_again(db: Database, shop: Shop) -> None:
    await buy(db, shop)
    with pytest.raises(DomainError, match="ALREADY_BOUGHT: basic"):
        await choose(db, shop)
    assert await count_rows(db, orders) == 1


async def test_what_was_given_by_hand_cannot_be_bought(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.basic)
    with pytest.raises(DomainError, match="ALREADY_BOUGHT"):
        await choose(db, shop)


async def test_what_was_taken_away_can_be_bought(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.basic, status="revoked")
    assert await choose(db, shop)


async def test_after_a_failed_payment_she_may_choose_again(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    await checked(db, (await only_payment(db)).id, PaymentState.CANCELLED)
    assert await choose(db, shop)
    assert [row.status for row in await read_rows(db, orders)] == [OrderStatus.CANCELLED, OrderStatus.OPEN]


async def test_an_open_order_is_shown_again_with_its_page(
    db: Database, shop: Shop, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    async with db.unit(1) as uow:
        await show_open_order(uow, shop.buyer, "basic", "too-early")
    assert await said(db, "order-pay") == []
    await work(db, performers)
    async with db.unit(1) as uow:
        await show_open_order(uow, shop.buyer, "basic", "again")
    assert [one["buttons"][0][0]["url"] for one in await said(db, "order-pay")] == [PAGE, PAGE]


async def test_she_is_reminded_once_after_an_hour(
    db: Database, shop: Shop, clock: StillClock, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    await pass_time(db, clock, seconds=3599)
    assert await said(db, "order-reminder") == []
    await pass_time(db, clock, seconds=1)
    await pass_time(db, clock, days=3)
    (reminder,) = await said(db, "order-reminder")
    assert reminder["buttons"][0][0]["url"] == PAGE


@pytest.mark.parametrize("state", [PaymentState.SUCCEEDED, PaymentState.CANCELLED])
async def test_nobody_is_reminded_of_what_is_settled(
    db: Database, shop: Shop, clock: StillClock, performers: Mapping[str, Perform], state: PaymentState
) -> None:
    await choose(db, shop)
    await work(db, performers)
    await checked(db, (await only_payment(db)).id, state)
    await pass_time(db, clock, **HOUR)
    assert await said(db, "order-reminder") == []


async def test_nobody_is_reminded_where_there_is_no_page_to_pay_on(
    db: Database,
    shop: Shop,
    clock: StillClock,
    provider: ScriptedProvider,
    performers: Mapping[str, Perform],
) -> None:
    provider.page = None
    await choose(db, shop)
    await work(db, performers)
    await pass_time(db, clock, **HOUR)
    assert await said(db, "order-reminder") == []
