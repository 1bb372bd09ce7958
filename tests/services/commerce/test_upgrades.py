"""A second tariff of the same course: more is an upgrade she agrees to, what she has already is refused."""

from typing import Any

import pytest

from core.db.models.commerce import accesses, orders
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
    (told,) = await said(db, "second-upgrade")
    assert _told(told)["owned"] == [{"c": {"*": "Tariff basic"}}]
    assert _told(told)["price"] == {"money": 3 * PRICE, "currency": "RUB"}
    ((button,),) = told["buttons"]
    assert button["press"].startswith(f"upg.7-3-{full}~")
    assert await press_button(db, shop, button["press"]) is OrderOutcome.ORDERED
    assert await press(db, shop, "full") is OrderOutcome.WAITS
    assert [row.price for row in await read_rows(db, orders)] == [PRICE, 3 * PRICE]


async def test_a_lower_tariff_is_refused_kindly_however_it_was_chosen(
    db: Database, shop: Shop, full: int
) -> None:
    await buy(db, shop, "full")
    for agreed in (False, True):
        assert await press(db, shop, "basic", agreed=agreed) is OrderOutcome.EXPLAINED
    told = await said(db, "second-included")
    assert [_told(one)["owned"] for one in told] == [[{"c": {"*": "Tariff full"}}]] * 2
    assert not any("buttons" in one for one in told)
    assert await count_rows(db, orders) == 1


async def test_an_equal_tariff_is_refused_but_its_groups_make_it_more(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "twin")
    await buy(db, shop, "basic")
    await press(db, shop, "twin")
    assert len(await said(db, "second-included")) == 1
    await press(db, shop, "club")
    assert len(await said(db, "second-upgrade")) == 1


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
