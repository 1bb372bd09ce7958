"""Choosing a tariff, and being reminded of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments
from core.db.models.delivery import jobs, outbox, timers
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import OrderStatus, PaymentStatus
from payment.base import PaymentState
from services.commerce.catalog.tariffs import OfferPlace, buy_button, get_tariff, put_on_sale, take_off_sale
from services.commerce.orders.orders import OrderOutcome, show_open_order
from services.content.flows import publish_flow
from services.delivery.jobs import Perform
from tests.factories.accounts import SALES_BOT
from tests.factories.flows import make_course
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_heard, read_rows
from tests.factories.sales import PRICE, add_access, add_tariff
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    PAGE,
    ScriptedProvider,
    buy,
    calls,
    checked,
    choose,
    created,
    only_order,
    only_payment,
    pass_time,
    press,
    press_button,
    said,
    work,
)

ADMIN = 1001
HOUR = {"seconds": 3600}


async def test_a_chosen_tariff_becomes_an_order_a_payment_and_a_job(db: Database, shop: Shop) -> None:
    assert await choose(db, shop, run_id=7, visit=3)
    order, payment = await only_order(db), await only_payment(db)
    assert (order.price, order.currency, order.status) == (PRICE, "RUB", OrderStatus.OPEN)
    assert (order.run_id, order.run_visit, order.chat_id) == (7, 3, shop.buyer.telegram_id)
    assert (payment.order_id, payment.amount, payment.status) == (order.id, PRICE, PaymentStatus.NEW)
    (job,) = await read_rows(db, jobs)
    request = job.payload["request"]
    assert (job.kind, job.payload["provider"], job.payload["payment_id"]) == (
        "create_payment.scripted",
        "scripted",
        payment.id,
    )
    assert request["amount"] == {"amount": PRICE, "currency": "RUB"}
    assert (request["order"], request["payment_id"]) == (order.public_id, payment.id)
    assert request["buyer"]["telegram_id"] == shop.buyer.telegram_id


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


async def test_two_tariffs_of_two_courses_are_two_orders(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        other = await publish_flow(uow, make_course("deeds"))
        await add_tariff(uow, other.flow_id, "deeds")
    assert await choose(db, shop, "basic")
    assert await choose(db, shop, "deeds")
    assert await count_rows(db, orders, status=OrderStatus.OPEN) == 2


async def test_another_tariff_of_the_course_takes_the_place_of_the_first(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    provider.page = None  # a payment that goes on by itself, as the mock's does
    assert await choose(db, shop, "basic")
    await work(db, performers)
    assert await choose(db, shop, "club")
    first, second = await read_rows(db, orders)
    assert (first.status, second.status) == (OrderStatus.CANCELLED, OrderStatus.OPEN)
    (told,) = await said(db, "order-replaced")
    assert told["text"]["v"]["number"] == first.public_id
    english, russian = (show_words(told["text"], language) for language in ("en", "ru"))
    assert english.startswith("Instead of “Tariff basic” you now order “Tariff club” for ₽1,900. ")
    assert russian.startswith(
        "Вместо «Tariff basic» теперь заказ на «Tariff club» за 1\N{NO-BREAK SPACE}900\N{NO-BREAK SPACE}₽. "
    )
    assert english.endswith(f"Order {first.public_id} is closed, please do not pay it.")
    assert russian.endswith(f"Заказ {first.public_id} закрыт, не оплачивайте его.")
    provider.state = PaymentState.SUCCEEDED
    await work(db, performers)
    await pass_time(db, clock, seconds=5)
    await work(db, performers)
    await pass_time(db, clock, days=3)
    assert [row.status for row in await read_rows(db, payments)] == ["cancelled", "succeeded"]
    assert [row.tariff_id for row in await read_rows(db, accesses)] == [shop.club]
    assert await said(db, "order-failed") == []


async def test_of_two_tariffs_pressed_at_once_one_is_open(db: Database, shop: Shop) -> None:
    await asyncio.gather(*(choose(db, shop, code) for code in ("basic", "club") * 20))
    assert await count_rows(db, orders, status=OrderStatus.OPEN) == 1
    open_order = (await read_rows(db, orders, status=OrderStatus.OPEN))[0]
    living = [one.order_id for one in await read_rows(db, payments, status=PaymentStatus.NEW)]
    assert living == [open_order.id]


async def test_a_page_that_was_shown_can_still_be_paid_and_admins_hear_of_it(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await choose(db, shop, "basic")
    await work(db, performers)
    await choose(db, shop, "club")
    assert [row.status for row in await read_rows(db, payments)] == ["pending", "new"]
    provider.state = PaymentState.SUCCEEDED
    await pass_time(db, clock, seconds=5)
    (question, *_) = [one for one in await read_rows(db, jobs) if one.kind == "check_payment.scripted"]
    assert question.payload["payment_id"] == 1
    await checked(db, 1, PaymentState.SUCCEEDED)
    await checked(db, 1, PaymentState.SUCCEEDED)
    assert [row.tariff_id for row in await read_rows(db, accesses)] == [shop.basic]
    (told,) = await said(db, "order-paid-late")
    assert (told["chat_id"], told["text"]["v"]["person"]) == (ADMIN, shop.buyer.full_name)
    assert [row[0]["press"] for row in told["buttons"]] == ["or.1"]


async def _price(db: Database, shop: Shop, price: int, **changed: Any) -> None:
    row = {
        "code": "basic",
        "name": {"*": "Tariff basic"},
        "description": {"*": "About basic"},
        "price": price,
    }
    row |= {"currency": "RUB", "rights": ["questions"], "onboarding": [], "flow_id": shop.course.flow_id}
    async with db.unit(1) as uow:
        row |= {"position": 0, **changed}
        await put_on_sale(uow, row, GROUPS if row["code"] == "club" else ())


async def _button(db: Database, shop: Shop) -> str:
    """The button of `basic` as an offer shows it now."""
    async with db.unit(1) as uow:
        place = OfferPlace(shop.chat, 7, 3)
        return str(buy_button(await get_tariff(uow, "basic"), place)["press"])


@pytest.mark.parametrize(
    "changed", [{"price": 1_290_000}, {"price": 990_000, "currency": "EUR"}, {"price": 990_000, "rights": []}]
)
async def test_a_button_whose_terms_have_changed_is_shown_anew_and_asks(
    db: Database, shop: Shop, changed: dict[str, Any]
) -> None:
    await _price(db, shop, 990_000)
    old = await _button(db, shop)
    await _price(db, shop, **changed)
    for _ in range(2):
        assert await press_button(db, shop, old) is OrderOutcome.EXPLAINED
    assert await count_rows(db, orders) == await count_rows(db, jobs) == 0
    shown = [one for one in await calls(db) if one["text"]["lines"][0].get("t") == "offer-changed"]
    assert shown[0]["text"]["lines"][1]["v"]["price"]["money"] == changed["price"]
    ((button,),) = shown[0]["buttons"]
    assert await press_button(db, shop, button["press"]) is OrderOutcome.ORDERED
    assert (await only_order(db)).price == changed["price"]


async def test_a_button_of_a_former_version_that_showed_no_terms_asks_too(db: Database, shop: Shop) -> None:
    assert await press_button(db, shop, "buy.7-3-basic") is OrderOutcome.EXPLAINED
    assert await count_rows(db, orders) == 0


async def test_an_open_order_keeps_its_price_for_the_button_that_opened_it(db: Database, shop: Shop) -> None:
    await _price(db, shop, 990_000)
    old = await _button(db, shop)
    assert await press_button(db, shop, old) is OrderOutcome.ORDERED
    await _price(db, shop, 490_000)
    assert await press_button(db, shop, old) is OrderOutcome.WAITS
    assert await press_button(db, shop, await _button(db, shop)) is OrderOutcome.ORDERED
    assert [(row.price, row.status) for row in await read_rows(db, orders)] == [
        (990_000, OrderStatus.CANCELLED),
        (490_000, OrderStatus.OPEN),
    ]


async def test_agreed_to_at_another_price_she_agrees_again(db: Database, shop: Shop) -> None:
    await buy(db, shop, "basic")
    assert await press(db, shop, "club") is OrderOutcome.EXPLAINED
    (told,) = await said(db, "second-upgrade-free")
    agree = told["buttons"][0][0]["press"]
    more = {"code": "club", "name": {"*": "Tariff club"}, "position": 1}
    await _price(db, shop, 5 * PRICE, **more)
    assert await press_button(db, shop, agree) is OrderOutcome.EXPLAINED
    again = (await calls(db))[-1]["buttons"][0][0]["press"]
    assert again.startswith("upg.")
    assert await press_button(db, shop, again) is OrderOutcome.ORDERED
    assert (await read_rows(db, orders))[-1].price == 4 * PRICE


async def test_an_order_number_can_be_read_out_and_none_is_used_twice(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    number = (await only_order(db)).public_id
    assert len(number) == 6
    assert set(number) <= set("3479CDFGHJKMNPQRTWXY")


async def test_where_nobody_can_pay_the_buyer_hears_it_and_the_admins_once_a_day(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    db.env = replace(db.env, pay_ways=())
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    for _ in range(3):
        assert await press(db, shop) is OrderOutcome.CLOSED
    assert [one["chat_id"] for one in await said(db, "checkout-closed")] == [shop.buyer.telegram_id] * 3
    assert [one["chat_id"] for one in await said(db, "checkout-none")] == [ADMIN]
    clock.advance(days=1)
    await press(db, shop)
    assert len(await said(db, "checkout-none")) == 2
    assert await count_rows(db, orders) == await count_rows(db, jobs) == 0


async def test_an_unknown_tariff_is_named(db: Database, shop: Shop) -> None:
    with pytest.raises(DomainError, match="TARIFF_NOT_FOUND: gold"):
        await choose(db, shop, "gold")
    assert await count_rows(db, orders) == 0


async def test_a_tariff_that_is_sold_no_more_is_refused(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await take_off_sale(uow, [shop.course.flow_id], ["club"])
    with pytest.raises(DomainError, match="NOT_ON_SALE: basic"):
        await choose(db, shop, "basic")
    assert await choose(db, shop, "club")
    assert await count_rows(db, orders) == 1


async def test_an_order_outlives_the_sale_of_its_tariff(db: Database, shop: Shop) -> None:
    await choose(db, shop, "basic")
    async with db.unit(1) as uow:
        await take_off_sale(uow, [shop.course.flow_id], [])
    payment = await only_payment(db)
    await created(db, payment.id)
    assert await choose(db, shop, "basic") is False
    async with db.unit(1) as uow:
        await show_open_order(uow, shop.buyer, await get_tariff(uow, "basic"), "again")
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
        await show_open_order(uow, shop.buyer, await get_tariff(uow, "basic"), "too-early")
    assert await said(db, "order-pay") == []
    await work(db, performers)
    async with db.unit(1) as uow:
        await show_open_order(uow, shop.buyer, await get_tariff(uow, "basic"), "again")
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


async def test_whoever_watches_the_orders_hears_of_each_step(db: Database, shop: Shop) -> None:
    assert await choose(db, shop)
    order, payment = await only_order(db), await only_payment(db)
    begun = [("order", order.id), ("payment", payment.id)]
    assert await read_heard(db, "orders") == begun
    await created(db, payment.id)
    assert await read_heard(db, "orders") == [*begun, ("payment", payment.id)]
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    paid = (await read_heard(db, "orders"))[3:]
    assert sorted(paid) == begun
