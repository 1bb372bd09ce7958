"""A machine's clock that is set back and forth while somebody pays: nobody is charged twice, nothing is given twice."""

from core.db.models.commerce import accesses, payments
from core.db.models.commerce_money import ledger_entries
from core.db.session import Database
from core.lifecycle import OrderStatus
from payment.base import PaymentState
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import checked, choose, created, only_order, only_payment, pass_time, said
from tests.services.commerce.charges import MONTH, only, pay_charge, sell, subscribe


async def test_a_subscription_is_charged_once_for_each_month_that_comes(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await pass_time(db, clock, days=28)
    await pass_time(db, clock, days=3)
    await pay_charge(db)
    first = (await only(db)).paid_until
    clock.set_back(days=20)
    await pass_time(db, clock, days=20)
    assert await count_rows(db, payments) == 2
    assert (await only(db)).paid_until == first
    clock.set_back(days=400)
    await pass_time(db, clock, days=400)
    assert (await count_rows(db, payments), len(await said(db, "sub-paid"))) == (2, 1)
    await pass_time(db, clock, days=25)
    await pass_time(db, clock, days=3)
    assert await count_rows(db, payments) == 3


async def test_a_year_that_is_jumped_over_is_not_charged_month_by_month(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    await pass_time(db, clock, days=365)
    assert await count_rows(db, payments) == 1  # they are told first, and have a day
    for _ in range(12):
        await pass_time(db, clock, days=1)
        if (await read_rows(db, payments))[-1].status == "new":
            await pay_charge(db)
    assert await count_rows(db, payments) == 2
    assert (await only(db)).paid_until > clock.now()


async def test_a_payment_under_way_is_settled_once(db: Database, shop: Shop, clock: StillClock) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    clock.set_back(days=3)
    await pass_time(db, clock, minutes=30)
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    await pass_time(db, clock, days=30)
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    assert (await only_order(db)).status == OrderStatus.PAID
    assert (await count_rows(db, accesses), len(await said(db, "order-paid"))) == (1, 1)
    assert sum(row.amount for row in await read_rows(db, ledger_entries)) == 0


async def test_an_order_that_waits_is_not_given_up_by_a_jump_ahead(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    await pass_time(db, clock, days=365)
    assert (await only_order(db)).status == OrderStatus.OPEN
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    assert (await only_order(db)).status == OrderStatus.PAID
