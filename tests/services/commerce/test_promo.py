"""Promo codes: entered, shown in the price, taken by orders within their limits, used or given back."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.db.models.commerce import accesses, orders
from core.db.models.commerce_money import promo_codes, promo_uses
from core.db.session import Database
from core.errors import DomainError, RaceLost
from core.rules.deep_link import promo_link
from core.text.catalog import say_words
from core.text.refusal import InputRefused
from payment.base import PaymentState
from services.commerce.catalog.offers import show_offer
from services.commerce.catalog.tariffs import OfferPlace, buy_button, get_tariff
from services.commerce.catalog.terms import find_terms
from services.commerce.ledger.checking import check_books
from services.commerce.orders import manual_orders
from services.commerce.orders.orders import OrderOutcome
from services.commerce.payments.payments import get_order
from services.commerce.promo import codes
from services.commerce.promo.codes import Draft
from services.commerce.promo.uses import Refusal, enter_code
from services.delivery import speech
from services.people.schemas import Contact
from services.people.variables import set_variable
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_promo, add_tariff
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    buy,
    calls,
    checked,
    choose,
    created,
    only_order,
    only_payment,
    press,
    press_button,
    said,
)

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
LESS = PRICE * 4 // 5


async def make(db: Database, taken_off: str = "20%", **more: Any) -> None:
    async with db.unit(1) as uow:
        await codes.add_code(uow, Draft("summer", taken_off, **more))


async def enter(db: Database, shop: Shop, code: str = "SUMMER", who: Contact | None = None) -> Refusal | None:
    async with db.unit(1) as uow:
        return (await enter_code(uow, (who or shop.buyer).id, code))[1]


async def taken(db: Database) -> tuple[int, list[str]]:
    (code,) = await read_rows(db, promo_codes)
    return code.taken, [row.state for row in await read_rows(db, promo_uses)]


async def test_taken_with_the_order_and_used_with_the_money(db: Database, shop: Shop) -> None:
    await make(db, limit="5", per_person="1")
    assert await enter(db, shop, " Summer ") is None
    async with db.unit(1) as uow:
        await set_variable(uow, shop.buyer.id, "utm_source", "blog")
        await set_variable(uow, shop.buyer.id, "city", "Riga")
    assert await choose(db, shop)
    order, payment = await only_order(db), await only_payment(db)
    assert (order.price, order.discount, payment.amount) == (LESS, PRICE - LESS, LESS)
    assert order.utm == {"utm_source": "blog"}
    assert await taken(db) == (1, ["taken"])
    await created(db, payment.id)
    await checked(db, payment.id, PaymentState.SUCCEEDED)
    assert await taken(db) == (1, ["used"])
    books = await check_books(db, 1, {})
    assert books.is_right
    assert {one.book: one.amount for one in books.sums} == {
        "discount": PRICE - LESS,
        "provider": LESS,
        "revenue": -PRICE,
    }
    assert await enter(db, shop) is Refusal.USED
    async with db.unit(1) as uow:
        assert [(one.code, used) for one, used in await codes.list_codes(uow)] == [("SUMMER", 1)]


async def test_given_back_when_the_order_dies_and_used_after_all_by_late_money(
    db: Database, shop: Shop
) -> None:
    await make(db, limit="1", per_person="1")
    await enter(db, shop)
    await choose(db, shop)
    payment = await only_payment(db)
    await created(db, payment.id)
    await checked(db, payment.id, PaymentState.CANCELLED)
    assert await taken(db) == (0, ["returned"])
    assert await choose(db, shop)  # the same code again
    assert await taken(db) == (1, ["returned", "taken"])
    await checked(db, payment.id, PaymentState.SUCCEEDED)  # the first one was paid nevertheless
    assert await taken(db) == (2, ["used", "taken"])


async def test_the_last_use_goes_to_one_of_many(db: Database, shop: Shop) -> None:
    await make(db, limit="1")
    people = [shop.buyer]
    async with db.unit(1) as uow:
        for number in range(7):
            person = await add_contact(uow, 600_000 + number)
            await add_chat(uow, shop.chat.bot_id, person)
            people.append(person)
    for person in people:
        assert await enter(db, shop, who=person) is None
    async with db.unit(1) as uow:
        tariff = await get_tariff(uow, "basic")
        told = (await find_terms(uow, shop.buyer, tariff)).quote
        shown = buy_button(tariff, OfferPlace(shop.chat), told=told)
    shops = [replace(shop, buyer=one) for one in people]
    pressed = (press_button(db, one, str(shown["press"])) for one in shops)
    done = await asyncio.gather(*pressed, return_exceptions=True)
    assert done.count(OrderOutcome.ORDERED) == 1
    others = [one for one in done if one is not OrderOutcome.ORDERED]
    assert all(one is OrderOutcome.EXPLAINED or isinstance(one, RaceLost) for one in others)
    prices = [row.price for row in await read_rows(db, orders)]
    assert prices.count(LESS) == 1
    assert await taken(db) == (1, ["taken"])


async def test_once_per_person_also_in_two_courses_at_once(db: Database, shop: Shop) -> None:
    await make(db, per_person="1")
    await enter(db, shop)
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.scenario.flow_id, "other")
    done = await asyncio.gather(press(db, shop), press(db, shop, "other"), return_exceptions=True)
    assert done.count(OrderOutcome.ORDERED) >= 1
    assert sorted(row.price for row in await read_rows(db, orders) if row.discount) == [LESS]
    assert (await taken(db))[1] == ["taken"]


@ON_SQLITE
async def test_a_free_code_asks_no_provider(db: Database, shop: Shop) -> None:
    await make(db, "free")
    await enter(db, shop)
    assert await choose(db, shop)
    order, payment = await only_order(db), await only_payment(db)
    assert (order.status, order.price, order.discount) == ("paid", 0, PRICE)
    assert (payment.status, payment.amount) == ("succeeded", 0)
    assert len(await read_rows(db, accesses, status="active")) == 1
    books = await check_books(db, 1, {})
    assert books.is_right
    assert {one.book: one.amount for one in books.sums} == {"discount": PRICE, "revenue": -PRICE}


@ON_SQLITE
async def test_the_price_lines_and_buttons_have_it(db: Database, shop: Shop) -> None:
    await make(db, tariffs=("basic",))
    await enter(db, shop)
    async with db.unit(1) as uow:
        place = OfferPlace(shop.chat)
        await show_offer(uow, shop.buyer, place, speech.words("offer-now"), (), "offer:1")
    (offer,) = await calls(db)
    _, basic, club = offer["text"]["lines"]
    assert basic["v"]["price"]["t"] == "price-with-promo"
    assert basic["v"]["price"]["v"] == {
        "full": {"money": PRICE, "currency": "RUB"},
        "due": {"money": LESS, "currency": "RUB"},
        "code": "SUMMER",
    }
    assert club["v"]["price"] == {"money": PRICE, "currency": "RUB"}
    assert await press_button(db, shop, offer["buttons"][0][0]["press"]) is OrderOutcome.ORDERED
    assert (await only_order(db)).price == LESS


@ON_SQLITE
async def test_the_invoice_says_what_the_code_took_off(db: Database, shop: Shop) -> None:
    await make(db)
    await enter(db, shop)
    await choose(db, shop)
    await created(db, (await only_payment(db)).id)
    (invoice,) = [one for one in await calls(db) if one.get("buttons")]
    pay, less = invoice["text"]["lines"]
    assert (pay["t"], less["t"], less["v"]["code"]) == ("order-pay", "order-discount", "SUMMER")


@ON_SQLITE
async def test_pressed_after_its_end_the_price_without_it_is_shown_first(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await make(db, until="2030-01-07", zone="Europe/Moscow")
    await enter(db, shop)
    async with db.unit(1) as uow:
        await show_offer(uow, shop.buyer, OfferPlace(shop.chat), "Buy", (), "offer:1")
    button = (await calls(db))[-1]["buttons"][0][0]["press"]
    clock.advance(hours=12)  # 21:00 UTC is midnight in Moscow
    assert await enter(db, shop) is Refusal.OVER
    assert await press_button(db, shop, button) is OrderOutcome.EXPLAINED
    assert (await calls(db))[-1]["text"]["lines"][0]["t"] == "offer-changed"
    assert not await read_rows(db, orders)


@ON_SQLITE
async def test_another_tariff_of_the_course_takes_the_same_use(db: Database, shop: Shop) -> None:
    await make(db, limit="1", per_person="1")
    await enter(db, shop)
    await choose(db, shop)
    assert await press(db, shop) is OrderOutcome.WAITS  # the same order
    assert await press(db, shop, "club") is OrderOutcome.ORDERED
    first, second = await read_rows(db, orders)
    assert (first.status, second.status, second.price) == ("cancelled", "open", LESS)
    assert await taken(db) == (1, ["returned", "taken"])
    async with db.unit(1) as uow:
        assert await manual_orders.drop_order(uow, await get_order(uow, second.id))
    assert await taken(db) == (0, ["returned", "returned"])


@ON_SQLITE
@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ({"is_active": False}, Refusal.STOPPED),
        ({"limit_total": 3, "taken": 3}, Refusal.USED_UP),
        ({"tariffs": ["gone"]}, Refusal.OTHER),
        ({"kind": "amount", "value": 5, "currency": "USD"}, Refusal.OTHER),
        ({"starts_at": timedelta(hours=1)}, Refusal.EARLY),
        ({"ends_at": timedelta(0)}, Refusal.OVER),
    ],
)
async def test_a_code_that_does_not_count_is_refused_and_not_kept(
    db: Database, shop: Shop, code: Mapping[str, Any], refusal: Refusal
) -> None:
    async with db.unit(1) as uow:
        moments = {name: uow.now + value for name, value in code.items() if isinstance(value, timedelta)}
        await add_promo(uow, **{**code, **moments})
    assert await enter(db, shop) is refusal
    assert await enter(db, shop, "NONE") is Refusal.UNKNOWN
    await buy(db, shop)
    assert (await only_order(db)).price == PRICE


@ON_SQLITE
@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        (Draft("a b", "20%"), "letters"),
        (Draft("Я" * 22, "20%"), "too long for a link"),
        (Draft("SUMMER", "0%"), "neither"),
        (Draft("SUMMER", "101%"), "neither"),
        (Draft("SUMMER", "-5"), "neither"),
        (Draft("SUMMER", "20%", limit="0"), "number of uses"),
        (Draft("SUMMER", "20%", until="soon"), "no date"),
        (Draft("SUMMER", "20%", until="2020-01-01"), "is over already"),
        (Draft("SUMMER", "20%", tariffs=("gone",)), "no tariff gone is on sale; there are basic"),
    ],
)
async def test_a_code_that_cannot_be_made_says_why(
    db: Database, shop: Shop, draft: Draft, problem: str
) -> None:
    assert shop.basic
    with pytest.raises(InputRefused, match=problem) as refused:
        async with db.unit(1) as uow:
            await codes.add_code(uow, draft)
    assert promo_link("Я" * 21)
    assert re.search("[а-я]{3}", say_words(refused.value.words, "ru"))
    assert not await said(db, "promos-made")


@ON_SQLITE
async def test_a_sum_is_of_one_currency(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_tariff(uow, shop.course.flow_id, "abroad", currency="EUR")
    for codes_of in ((), ("basic", "abroad")):
        with pytest.raises(DomainError, match="EUR, RUB"):
            await make(db, "500.00", tariffs=codes_of)
    await make(db, "500.00", tariffs=("basic",))
    assert [row.currency for row in await read_rows(db, promo_codes)] == ["RUB"]
