"""Orders in a list, settled by hand, and dropped by who does not want them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from core.db.keyset import Slice
from core.db.models.commerce import accesses, payments, tariffs
from core.db.models.delivery import jobs
from core.db.session import Database
from core.errors import DomainError
from core.events import JobFinished
from core.lifecycle import OrderStatus
from core.money import Money
from payment.base import PaymentFacts, PaymentState
from services.commerce.ledger.checking import check_books
from services.commerce.lists import WantedOrders
from services.commerce.orders import listing, manual_orders
from services.commerce.payments import asking
from services.commerce.payments.asking import ask_all
from services.commerce.payments.calls import NOTICE, write_facts
from services.commerce.payments.payments import get_order
from services.delivery.jobs import Perform
from tests.factories.persons import ANNA
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_order, add_payment
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    ScriptedProvider,
    buy,
    calls,
    checked,
    choose,
    created,
    only_order,
    only_payment,
    pass_time,
    said,
    work,
)

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


async def settle(db: Database) -> None:
    async with db.unit(1) as uow:
        await manual_orders.settle_order(uow, await get_order(uow, (await only_order(db)).id), "1001")


async def test_the_list_has_what_was_paid_and_what_was_not(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().where(tariffs.c.code == "club").values(price=2 * PRICE))
    assert await choose(db, shop, "club", agreed=True)
    async with db.unit(1) as uow:
        opened, paid = await listing.list_orders(uow)
        assert [
            one.public_id for one in await listing.list_orders(uow, part=Slice(listing.LATEST_FIRST, 1))
        ] == [opened.public_id]
        assert await listing.list_orders(uow, WantedOrders(OrderStatus.PAID)) == [paid]
    assert (opened.status, opened.paid, opened.tariff, opened.provider) == ("open", 0, "club", "scripted")
    assert (paid.status, paid.paid, paid.refunded, paid.paid_in) == ("paid", PRICE, 0, "RUB")
    assert (paid.external_id, paid.telegram_id, paid.provider) == (f"ext-{payment_id}", ANNA, "scripted")
    row = dict(zip(listing.COLUMNS, listing.write_row(paid), strict=True))
    assert (row["order"], str(row["paid"]), row["state"]) == (paid.public_id, "1900.00", "paid")


async def test_settled_by_hand_it_is_paid_once_and_the_providers_word_changes_nothing(
    db: Database, shop: Shop
) -> None:
    await choose(db, shop)
    payment_id = (await only_payment(db)).id
    await created(db, payment_id)
    await settle(db)
    with pytest.raises(DomainError, match="ALREADY_PAID"):
        await settle(db)
    await checked(db, payment_id, PaymentState.SUCCEEDED)
    assert ((await only_order(db)).status, await count_rows(db, accesses)) == ("paid", 1)
    assert len(await said(db, "order-paid")) == 1
    books = await check_books(db, 1, {})
    assert books.is_right
    assert {one.book: one.amount for one in books.sums} == {"provider": PRICE, "revenue": -PRICE}


async def test_a_word_that_comes_after_it_was_settled_by_hand_is_no_second_payment(
    db: Database, shop: Shop
) -> None:
    await choose(db, shop)
    payment = await only_payment(db)
    await settle(db)  # the provider has never named the payment: it makes links, like Prodamus
    first = PaymentFacts("P-1", PaymentState.SUCCEEDED, Money(PRICE, "RUB"), payment.id)
    payload = {"provider": "scripted", "external_id": "P-1", "payment_id": payment.id, "event": "paid"}
    for facts in (first, first):
        await hear(db, payload, facts)
    assert [row.external_id for row in await read_rows(db, payments)] == ["P-1"]
    assert await said(db, "payment-surplus") == []
    await hear(db, payload, replace(first, external_id="P-2"))  # the same link, paid once more
    assert [row.external_id for row in await read_rows(db, payments)] == ["P-1", "P-2"]


async def hear(db: Database, payload: Mapping[str, Any], facts: PaymentFacts) -> None:
    """The provider tells it by itself."""
    async with db.unit(1) as uow:
        uow.publish(JobFinished(NOTICE, "k", payload, ok=True, result={"facts": write_facts(facts)}))


@ON_SQLITE
async def test_everything_that_is_open_is_asked_for_now(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    await choose(db, shop)
    await work(db, performers)
    provider.state = PaymentState.SUCCEEDED
    for left in (1, 0):
        assert await ask_all(db, 1) == left
        await work(db, performers)
    assert (await only_order(db)).status == "paid"


async def test_very_many_are_asked_for_in_commits_of_a_few_and_each_once(
    db: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PIECE", 2)
    commits: list[int] = []
    async with db.unit(1) as uow:
        for number in range(5):
            order = await add_order(
                uow, shop.buyer, shop.basic, public_id=f"many{number}", status="cancelled"
            )
            await add_payment(uow, order, provider="scripted")
    event.listen(db._writer.sync_engine, "commit", lambda _: commits.append(1))
    assert await ask_all(db, 1) == 5
    assert len(commits) == 3
    assert [row.checks for row in await read_rows(db, payments)] == [1] * 5
    assert await count_rows(db, jobs) == 5


@ON_SQLITE
async def test_a_closed_order_and_one_without_a_payment_can_be_settled_too(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    async with db.unit(1) as uow:
        order = await get_order(uow, (await only_order(db)).id)
        assert await manual_orders.drop_order(uow, order)
        assert not await manual_orders.drop_order(uow, order)
        await uow.conn.execute(payments.delete())
    await settle(db)
    (payment,) = await read_rows(db, payments)
    assert (payment.provider, payment.amount, payment.status) == ("hand", PRICE, "succeeded")
    assert await count_rows(db, accesses) == 1


@ON_SQLITE
async def test_who_is_reminded_once_can_pay_or_say_no(db: Database, shop: Shop, clock: StillClock) -> None:
    await choose(db, shop)
    await created(db, (await only_payment(db)).id)
    await pass_time(db, clock, hours=2)
    await pass_time(db, clock, hours=2)
    (reminder,) = await said(db, "order-reminder")
    order = await only_order(db)
    assert [list(row[0]) for row in reminder["buttons"]] == [["text", "url"], ["text", "press"]]
    assert reminder["buttons"][1][0]["press"] == f"od.{order.id}"
    assert len([one for one in await calls(db) if one.get("buttons") == reminder["buttons"]]) == 1
