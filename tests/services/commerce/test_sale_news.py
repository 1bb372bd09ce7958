"""Owners hear of each sale once, of an hour of many in one sum, and of none when they switched that off."""

from typing import Any

import pytest
from sqlalchemy import update

from core.db.models.commerce import orders, payments
from core.db.session import Database
from core.events import OrderPaid
from core.lifecycle import OrderStatus, PaymentStatus
from payment.base import PaymentState
from services.commerce.payments.calls import CHECK
from services.insight import sale_news
from services.people.contacts import find_by_telegram_id
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_order, add_payment
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import calls, choose, created, finish, pass_time, pay_again, said, told_of
from tests.services.commerce.charges import CARD, MONTH, pay_charge, sell, subscribe

OWNER = 1001


@pytest.fixture(autouse=True)
async def owner(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, shop.chat.bot_id, await add_contact(uow, OWNER))


async def news(db: Database) -> list[list[str]]:
    """The texts of each message about sales to the owner, by their keys."""
    told = [one for one in await calls(db, "sendMessage") if one["chat_id"] == OWNER]
    keys = [[part.get("t") for part in one["text"].get("lines", [one["text"]])] for one in told]
    return [each for each in keys if each[0].startswith("sale-")]


async def buy(db: Database, shop: Shop, **facts: Any) -> int:
    assert await choose(db, shop)
    payment_id = (await read_rows(db, payments))[-1].id
    await created(db, payment_id)
    await finish(db, CHECK, payment_id, await told_of(db, payment_id, PaymentState.SUCCEEDED, **facts))
    return int(payment_id)


async def charge(db: Database, clock: StillClock) -> None:
    """The next month is warned of, charged and paid."""
    await pass_time(db, clock, days=28)
    await pass_time(db, clock, days=3)
    await pay_charge(db)


async def many(db: Database, shop: Shop, number: int) -> None:
    """So many strangers have paid at this moment."""
    async with db.unit(1) as uow:
        for one in range(number):
            buyer = await add_contact(uow, 5000 + one)
            paid = {"status": OrderStatus.PAID, "public_id": f"m{one}"}
            order_id = await add_order(uow, buyer, shop.basic, **paid)
            settled = {"status": PaymentStatus.SUCCEEDED, "settled_at": uow.now, "external_id": f"m{one}"}
            payment_id = await add_payment(uow, order_id, **settled)
        uow.publish(OrderPaid(order_id, payment_id))


async def test_a_sale_is_told_once_with_where_it_came_from(db: Database, shop: Shop) -> None:
    assert await choose(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(orders).values(utm={"utm_source": "ad"}))
    (payment,) = await read_rows(db, payments)
    await created(db, payment.id)
    await finish(db, CHECK, payment.id, await told_of(db, payment.id, PaymentState.SUCCEEDED))
    await pay_again(db, payment.order_id, payment.id)
    assert await news(db) == [["sale-one", "sale-course", "sale-who", "sale-from"]]
    (one,) = [call for call in await calls(db, "sendMessage") if "sale-one" in str(call)]
    sold, _, who, source = one["text"]["lines"]
    assert sold["v"]["amount"] == {"money": PRICE, "currency": "RUB"}
    assert (who["v"]["known"], source["v"]["sources"]) == (f"@{shop.buyer.username}", ["ad"])


async def test_play_money_is_called_so_to_buyer_and_owner(db: Database, shop: Shop) -> None:
    await buy(db, shop, is_test=True)
    assert await news(db) == [["sale-one", "sale-course", "sale-who", "sale-test"]]
    (receipt,) = [one for one in await calls(db) if "order-paid" in str(one)]
    assert [part["t"] for part in receipt["text"]["lines"]] == ["order-paid", "paid-test"]


async def test_an_hour_of_many_ends_in_one_sum(db: Database, shop: Shop, clock: StillClock) -> None:
    await many(db, shop, sale_news.MOST)
    assert len(await news(db)) == 1  # the tenth
    await buy(db, shop)
    assert len(await news(db)) == 1
    await pass_time(db, clock, hours=1)
    assert (await news(db))[1:] == [["sale-sum"]]
    (told,) = await said(db, "sale-sum")
    sums = [{"money": 11 * PRICE, "currency": "RUB"}]
    assert (told["text"]["v"]["number"], told["text"]["v"]["sums"]) == (11, sums)
    await pass_time(db, clock, hours=2)
    assert len(await news(db)) == 2


async def test_a_charge_is_told_and_nobody_is_told_who_wants_no_news(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop, **CARD)
    await charge(db, clock)
    assert [keys[0] for keys in await news(db)] == ["sale-one", "sale-charge"]
    async with db.unit(1) as uow:
        owner = await find_by_telegram_id(uow, OWNER)
        assert owner is not None
        await sale_news.switch(uow, owner, on=False)
    await charge(db, clock)
    assert len(await news(db)) == 2
