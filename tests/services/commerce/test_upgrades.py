"""A second tariff of the same course: more is an upgrade they agree to, what they have already is refused."""

from typing import Any

import pytest

from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.session import Database
from core.errors import DomainError
from services.commerce.orders.orders import OrderOutcome
from services.content.flows import publish_flow
from tests.factories.flows import make_course
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import PRICE, add_access, add_community, add_tariff
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import buy, calls, choose, created, pass_time, press, press_button, said

FULL = ("questions", "feedback", "mentor")


@pytest.fixture
async def full(db: Database, shop: Shop) -> int:
    """A tariff with everything `basic` has, and more."""
    async with db.unit(1) as uow:
        return await add_tariff(uow, shop.course.flow_id, "full", rights=list(FULL), price=3 * PRICE)


def _told(payload: dict[str, Any]) -> dict[str, Any]:
    """The values of a text of ours."""
    return dict(payload["text"]["v"])


async def test_a_higher_tariff_is_an_upgrade_she_reads_about_and_agrees_to(
    db: Database, shop: Shop, full: int
) -> None:
    await buy(db, shop, "basic")
    assert await press(db, shop, "full", run_id=7, visit=3) is OrderOutcome.EXPLAINED
    assert await count_rows(db, orders) == 1
    (told,) = await said(db, "second-upgrade-less")
    assert _told(told)["owned"] == [{"c": {"*": "Tariff basic"}, "n": True}]
    sums = {name: _told(told)[name]["money"] for name in ("full", "credit", "price")}
    assert sums == {"full": 3 * PRICE, "credit": PRICE, "price": 2 * PRICE}
    ((button,),) = told["buttons"]
    assert button["press"].startswith(f"upg.7-3-{full}~")
    assert await press_button(db, shop, button["press"]) is OrderOutcome.ORDERED
    assert await press(db, shop, "full") is OrderOutcome.WAITS
    assert [(row.price, row.credit) for row in await read_rows(db, orders)] == [
        (PRICE, 0),
        (2 * PRICE, PRICE),
    ]
    upgrade = (await read_rows(db, payments))[-1]
    assert (upgrade.amount, upgrade.kind) == (2 * PRICE, "upgrade")


async def test_a_lower_tariff_is_refused_kindly_however_it_was_chosen(
    db: Database, shop: Shop, full: int
) -> None:
    await buy(db, shop, "full")
    for agreed in (False, True):
        assert await press(db, shop, "basic", agreed=agreed) is OrderOutcome.EXPLAINED
    told = await said(db, "second-included")
    assert [_told(one)["owned"] for one in told] == [[{"c": {"*": "Tariff full"}, "n": True}]] * 2
    assert not any("buttons" in one for one in told)
    assert await count_rows(db, orders) == 1


async def test_an_equal_tariff_is_refused_but_its_groups_make_it_more(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "twin")
    await buy(db, shop, "basic")
    await press(db, shop, "twin")
    assert len(await said(db, "second-included")) == 1
    await press(db, shop, "club")
    assert len(await said(db, "second-upgrade-free")) == 1
    assert await press(db, shop, "club", agreed=True) is OrderOutcome.ORDERED
    assert [row.payment_id for row in await read_rows(db, accesses)] == [1, 2]


async def test_what_was_given_back_or_given_for_nothing_is_not_taken_off(
    db: Database, shop: Shop, full: int
) -> None:
    payment_id = await buy(db, shop, "basic")
    await _give_back(db, payment_id, PRICE // 4)
    await press(db, shop, "full")
    (told,) = await said(db, "second-upgrade-less")
    assert _told(told)["credit"]["money"] == PRICE - PRICE // 4
    await _give_back(db, payment_id, PRICE)
    await press(db, shop, "full")
    (told,) = await said(db, "second-upgrade")
    assert _told(told)["price"]["money"] == 3 * PRICE


async def test_steps_upwards_cost_together_what_the_last_one_costs(
    db: Database, shop: Shop, full: int
) -> None:
    async with db.unit(1) as uow:
        rights = ["questions", "feedback"]
        await add_tariff(uow, shop.course.flow_id, "middle", rights=rights, price=2 * PRICE)
    for code in ("basic", "middle", "full"):
        await buy(db, shop, code)
    assert [row.amount for row in await read_rows(db, payments)] == [PRICE] * 3


async def test_a_price_that_changed_is_asked_again_with_what_is_left_of_it(
    db: Database, shop: Shop, full: int
) -> None:
    await buy(db, shop, "basic")
    await press(db, shop, "full")
    (told,) = await said(db, "second-upgrade-less")
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().where(tariffs.c.id == full).values(price=4 * PRICE))
    button = told["buttons"][0][0]["press"]
    assert await press_button(db, shop, button) is OrderOutcome.EXPLAINED
    (changed,) = [one for one in await calls(db, "sendMessage") if "lines" in one["text"]]
    shown = changed["text"]["lines"][1]["v"]["price"]
    assert shown["money"] == 3 * PRICE
    assert await press_button(db, shop, changed["buttons"][0][0]["press"]) is OrderOutcome.ORDERED
    assert (await read_rows(db, payments))[-1].amount == 3 * PRICE


async def test_an_open_upgrade_asks_again_once_what_it_leans_on_was_given_back(
    db: Database, shop: Shop, full: int
) -> None:
    payment_id = await buy(db, shop, "basic")
    await choose(db, shop, "full", agreed=True)
    await _give_back(db, payment_id, PRICE)
    assert await press(db, shop, "full", agreed=True) is OrderOutcome.ORDERED
    assert [row.price for row in await read_rows(db, orders)][-2:] == [2 * PRICE, 3 * PRICE]


async def _give_back(db: Database, payment_id: int, amount: int) -> None:
    async with db.unit(1) as uow:
        await uow.conn.execute(payments.update().where(payments.c.id == payment_id).values(refunded=amount))


async def test_what_two_tariffs_open_together_is_not_sold_a_third_time(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        for code, right in (("read", "feedback"), ("talk", "mentor")):
            await add_access(
                uow, shop.buyer.id, await add_tariff(uow, shop.course.flow_id, code, rights=[right])
            )
        await add_tariff(uow, shop.course.flow_id, "both", rights=["feedback", "mentor"])
    await press(db, shop, "both")
    (told,) = await said(db, "second-included")
    assert len(_told(told)["owned"]) == 2


async def test_something_else_beside_what_she_has_is_called_so(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "chat", rights=["community"])
    await buy(db, shop, "basic")
    assert await press(db, shop, "chat") is OrderOutcome.EXPLAINED
    assert len(await said(db, "second-addition")) == 1
    assert await press(db, shop, "chat", agreed=True) is OrderOutcome.ORDERED


async def test_another_course_and_what_was_taken_away_count_for_nothing(
    db: Database, shop: Shop, full: int
) -> None:
    async with db.unit(1) as uow:
        other = await publish_flow(uow, make_course("deeds"))
        await add_access(uow, shop.buyer.id, await add_tariff(uow, other.flow_id, "deeds"))
        await add_access(uow, shop.buyer.id, full, status="revoked")
    assert await choose(db, shop, "basic")


async def test_an_order_opened_before_is_neither_paid_nor_reminded_of_when_she_has_more(
    db: Database, shop: Shop, full: int, clock: StillClock
) -> None:
    await choose(db, shop, "basic")
    await created(db, 1)
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, full)
    assert await press(db, shop, "basic") is OrderOutcome.EXPLAINED
    await pass_time(db, clock, days=1)
    assert await said(db, "order-reminder") == []


async def test_with_another_group_a_lower_tariff_is_no_less(db: Database, shop: Shop, full: int) -> None:
    async with db.unit(1) as uow:
        await add_community(uow, shop.basic, -1009)
    await buy(db, shop, "full")
    await press(db, shop, "basic")
    assert len(await said(db, "second-addition")) == 1


async def test_the_very_same_tariff_is_answered_as_ever(db: Database, shop: Shop) -> None:
    await buy(db, shop, "basic")
    with pytest.raises(DomainError, match="ALREADY_BOUGHT"):
        await press(db, shop, "basic", agreed=True)
    assert await count_rows(db, accesses) == 1
    assert await calls(db, "createChatInviteLink") == []
