"""A payment's way: made, checked, settled once, whatever arrives in whatever order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.models.content import enrollment_tokens
from core.db.models.delivery import jobs, outbox, timers
from core.db.models.learning import runs
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import JobState, OrderStatus, PaymentStatus
from core.money import Money
from core.pay_ways import PayWay
from payment.base import PaymentState, RefusedError, UnavailableError
from payment.mock.provider import MockProvider
from services.commerce.orders.orders import OrderOutcome
from services.commerce.payments.calls import CHECK, build_performers
from services.commerce.payments.notices import provider_name
from services.commerce.payments.payments import CHECKS
from services.delivery.jobs import Perform
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    PAGE,
    ScriptedProvider,
    buy,
    calls,
    checked,
    choose,
    created,
    finish,
    is_about,
    only_order,
    only_payment,
    pass_time,
    press_button,
    said,
    start_selling,
    work,
)

ADMIN = 1001
Happen = Callable[[Database, int], Awaitable[None]]
EVENTS: dict[str, Happen] = {
    "made": created,
    "pending": lambda db, payment_id: checked(db, payment_id, PaymentState.PENDING),
    "paid": lambda db, payment_id: checked(db, payment_id, PaymentState.SUCCEEDED),
    "cancelled": lambda db, payment_id: checked(db, payment_id, PaymentState.CANCELLED),
}
LATER = timedelta(minutes=1).total_seconds()
WAITS = [timedelta(minutes=1) * times for times in CHECKS]


async def test_the_provider_is_asked_with_our_row_as_its_key(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    payment, (request,) = await only_payment(db), provider.created
    assert (request.payment_id, request.amount) == (payment.id, Money(PRICE, "RUB"))
    assert (payment.status, payment.external_id, payment.url) == ("pending", f"ext-{payment.id}", PAGE)
    (invoice,) = await said(db, "order-pay")
    assert invoice["text"]["v"]["amount"] == {"money": PRICE, "currency": "RUB"}
    assert invoice["text"]["v"]["number"] == (await only_order(db)).public_id


async def test_without_a_page_she_is_told_to_wait(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    provider.page = None
    await choose(db, shop)
    await work(db, performers)
    (waiting,) = await said(db, "order-wait")
    assert "buttons" not in waiting


async def test_money_leads_to_access_receipt_and_the_way_in(db: Database, shop: Shop) -> None:
    run_id = await start_selling(db, shop)
    await buy(db, shop, run_id=run_id, visit=1)
    order, (access,), (token,) = (
        await only_order(db),
        await read_rows(db, accesses),
        await read_rows(db, enrollment_tokens),
    )
    assert (order.status, order.paid_at is not None) == (OrderStatus.PAID, True)
    assert (access.payment_id, access.tariff_id, access.status) == (
        (await only_payment(db)).id,
        shop.basic,
        "active",
    )
    assert (token.access_id, token.contact_id) == (access.id, shop.buyer.id)
    assert len(await said(db, "order-paid")) == 1
    (run,) = await read_rows(db, runs)
    assert run.status == "completed"  # no groups: on to the end at once


async def test_the_same_answers_in_every_order_end_alike(db: Database, shop: Shop) -> None:
    ends = set()
    for order_of in permutations(EVENTS):
        await choose(db, shop)
        payment = (await read_rows(db, payments))[-1]
        for name in (*order_of, *order_of):
            await EVENTS[name](db, payment.id)
        ends.add(await _end_of(db, payment.id))
        await _start_over(db)
    assert ends == {("succeeded", "paid", 1, 1)}


async def _end_of(db: Database, payment_id: int) -> tuple[str, str, int, int]:
    (payment,) = await read_rows(db, payments, id=payment_id)
    (order,) = await read_rows(db, orders, id=payment.order_id)
    granted = await count_rows(db, accesses, payment_id=payment_id, status="active")
    receipts = await count_rows(db, outbox, dedupe_key=f"order:{order.id}:receipt")
    return payment.status, order.status, granted, receipts


async def _start_over(db: Database) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(accesses.update().values(status="revoked"))


async def test_settled_by_a_hundred_at_once_it_opens_one_access(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    await asyncio.gather(*(checked(db, payment.id, PaymentState.SUCCEEDED) for _ in range(100)))
    assert await _end_of(db, payment.id) == ("succeeded", "paid", 1, 1)
    assert await count_rows(db, enrollment_tokens) == 1


async def test_paid_and_cancelled_at_once_it_is_paid(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    states = (PaymentState.SUCCEEDED, PaymentState.CANCELLED) * 10
    await asyncio.gather(*(checked(db, payment.id, state) for state in states))
    assert await _end_of(db, payment.id) == ("succeeded", "paid", 1, 1)


async def test_a_cancelled_payment_is_told_once_and_opens_nothing(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    for _ in range(3):
        await checked(db, payment.id, PaymentState.CANCELLED)
    assert (await only_payment(db)).status == PaymentStatus.CANCELLED
    assert (await only_order(db)).status == OrderStatus.CANCELLED
    assert len(await said(db, "order-failed")) == 1
    assert await count_rows(db, accesses) == 0


async def test_after_a_refused_card_one_press_orders_the_same_again(db: Database, shop: Shop) -> None:
    payment_id = await order_and_fail(db, shop)
    (told,) = await said(db, "order-failed")
    ((again,),) = told["buttons"]
    assert show_words(again["text"], "en") == "Pay again"
    assert show_words(again["text"], "ru") == "Оплатить ещё раз"
    assert await press_button(db, shop, again["press"]) is OrderOutcome.ORDERED
    assert await press_button(db, shop, again["press"]) is OrderOutcome.WAITS
    first, second = await read_rows(db, orders)
    same = ("tariff_id", "price", "terms", "run_id", "run_visit", "discount", "flow_id")
    assert [getattr(second, name) for name in same] == [getattr(first, name) for name in same]
    payment = (await read_rows(db, payments))[-1]
    assert payment.id != payment_id
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    assert await _end_of(db, payment.id) == ("succeeded", "paid", 1, 1)


async def test_paying_again_at_another_price_asks_first(db: Database, shop: Shop) -> None:
    await order_and_fail(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().values(price=PRICE + 1))
    (told,) = await said(db, "order-failed")
    ((again,),) = told["buttons"]
    assert await press_button(db, shop, again["press"]) is OrderOutcome.EXPLAINED
    assert await count_rows(db, orders) == 1


async def order_and_fail(db: Database, shop: Shop) -> int:
    """Order, and have the card refused; gives the payment."""
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    await checked(db, payment.id, PaymentState.CANCELLED)
    return int(payment.id)


async def test_a_provider_that_says_no_for_good_ends_the_order(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    provider.on_create = RefusedError("shop is closed")
    for times in (1, 2):
        assert await choose(db, shop)
        assert await work(db, performers) == 1
        assert len(await said(db, "order-no-page")) == times
    assert {order.status for order in await read_rows(db, orders)} == {OrderStatus.CANCELLED}
    (told,) = await said(db, "checkout-refused")  # once, however many want to buy
    assert (told["chat_id"], told["text"]["v"]["cause"]) == (ADMIN, "shop is closed")
    assert {job.state for job in await read_rows(db, jobs)} == {JobState.DEAD}


async def test_a_provider_that_is_away_is_asked_again_with_the_same_key(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    provider.on_create = UnavailableError("try later")
    await choose(db, shop)
    for _ in range(3):
        await work(db, performers)
        clock.advance(seconds=LATER)
    assert (await only_order(db)).status == OrderStatus.OPEN
    provider.on_create = None
    await work(db, performers)
    assert len({request.payment_id for request in provider.created}) == 1
    assert len(provider.created) == 4
    assert (await only_payment(db)).status == PaymentStatus.PENDING


async def test_a_payment_that_nobody_knows_of_stays_open_and_the_buyer_is_told(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    provider.on_create = TimeoutError("no answer")
    await choose(db, shop)
    while (await read_rows(db, jobs))[0].state != JobState.DEAD:
        assert await work(db, performers)
        clock.advance(seconds=LATER * 2)
    assert len(provider.created) == 8
    assert len(await said(db, "order-page-late")) == 1
    assert (await only_order(db)).status == OrderStatus.OPEN
    provider.on_create = None
    await _look(db, clock, performers, WAITS[0])
    assert (await only_payment(db)).status == PaymentStatus.PENDING
    assert {request.key for request in provider.created} == {provider.created[0].key}
    assert len(await said(db, "order-pay")) == 1


async def test_a_payment_whose_notice_never_comes_is_found_by_asking(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    await _look(db, clock, performers, timedelta(seconds=5))
    await _look(db, clock, performers, WAITS[0])
    provider.state = PaymentState.SUCCEEDED
    await _look(db, clock, performers, WAITS[1])
    assert len(provider.asked) == 3
    assert (await only_order(db)).status == OrderStatus.PAID


async def _look(db: Database, clock: StillClock, performers: Mapping[str, Perform], after: timedelta) -> None:
    await pass_time(db, clock, seconds=after.total_seconds())
    await work(db, performers)


async def test_the_provider_is_asked_ever_less_often_and_not_for_ever(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    await choose(db, shop)
    await work(db, performers)
    gaps = []
    await _look(db, clock, performers, timedelta(seconds=5))
    while due := [row.due_at for row in await read_rows(db, timers, kind=CHECK)]:
        gaps.append(due[0] - clock.now())
        await _look(db, clock, performers, gaps[-1])
    assert gaps == WAITS
    assert len(provider.asked) == len(WAITS) + 1
    assert (await only_payment(db)).status == PaymentStatus.CANCELLED
    assert (await only_order(db)).status == OrderStatus.CANCELLED
    (closed,) = await said(db, "order-unsettled")
    ((button,),) = closed["buttons"]
    assert "you need not pay again" in show_words(closed["text"], "en")
    assert "второй раз платить не нужно" in show_words(closed["text"], "ru")
    assert button["press"] == "ps.1"
    (told,) = await said(db, "order-unsettled-admin")
    assert (told["chat_id"], told["text"]["v"]["provider"]) == (ADMIN, provider_name("scripted"))
    await checked(db, (await only_payment(db)).id, PaymentState.SUCCEEDED)  # late money still counts
    assert (await only_order(db)).status == OrderStatus.PAID


async def test_a_check_that_fails_for_good_is_tried_again_later(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    provider.state = RefusedError("unknown payment")
    await choose(db, shop)
    await work(db, performers)
    await _look(db, clock, performers, timedelta(seconds=5))
    assert (await only_payment(db)).status == PaymentStatus.PENDING
    provider.state = PaymentState.SUCCEEDED
    await _look(db, clock, performers, WAITS[0])
    assert (await only_payment(db)).status == PaymentStatus.SUCCEEDED


async def test_a_settled_payment_is_not_asked_about(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    await checked(db, (await only_payment(db)).id, PaymentState.SUCCEEDED)
    await _look(db, clock, performers, timedelta(days=1))
    assert provider.asked == []


async def test_the_mock_pays_after_five_seconds_also_with_another_process(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    def fresh() -> Mapping[str, Perform]:
        return build_performers({"mock": MockProvider(clock)})

    db.env = replace(db.env, pay_ways=(PayWay("mock"),))
    await choose(db, shop)
    await work(db, fresh())
    await _look(db, clock, fresh(), timedelta(seconds=4.9))
    assert (await only_order(db)).status == OrderStatus.OPEN
    await _look(db, clock, fresh(), timedelta(seconds=0.1))
    assert (await only_order(db)).status == OrderStatus.PAID
    assert list(filter(is_about("order-pay"), await calls(db))) == []


async def test_a_payment_is_asked_of_the_provider_it_was_begun_with(
    db: Database, shop: Shop, clock: StillClock, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    other = ScriptedProvider()
    other.state = PaymentState.CANCELLED
    db.env = replace(db.env, pay_ways=(PayWay("other"),))
    both = build_performers({"other": other, provider.name: provider})
    await _look(db, clock, both, timedelta(seconds=5))
    assert (len(provider.asked), len(other.asked)) == (1, 0)
    assert (await only_payment(db)).status == PaymentStatus.PENDING
    await _look(
        db, clock, build_performers({"other": other}), WAITS[0]
    )  # its provider is not set up any more
    assert (await only_payment(db)).status == PaymentStatus.PENDING
    provider.state = PaymentState.SUCCEEDED
    await _look(db, clock, both, WAITS[1])
    assert (await only_order(db)).status == OrderStatus.PAID
    assert other.asked == other.created == []


async def test_an_answer_about_an_unknown_payment_is_refused(db: Database, shop: Shop) -> None:
    with pytest.raises(DomainError, match="PAYMENT_NOT_FOUND"):
        await finish(db, CHECK, 424242, {"facts": None})


async def test_an_order_for_a_provider_that_is_not_set_up_is_given_up_at_once(
    db: Database, shop: Shop
) -> None:
    await choose(db, shop)
    await work(db, build_performers({}))
    assert (await only_order(db)).status == OrderStatus.CANCELLED
    assert len(await said(db, "order-no-page")) == 1


@pytest.mark.parametrize("takes_no_money", [True, False])
async def test_where_no_money_is_taken_the_order_says_so(
    db: Database,
    shop: Shop,
    provider: ScriptedProvider,
    performers: Mapping[str, Perform],
    takes_no_money: bool,
) -> None:
    db.env = replace(db.env, takes_no_money=takes_no_money)
    provider.page = None
    await choose(db, shop)
    await work(db, performers)
    assert ("no-money" in str(await calls(db))) is takes_no_money
