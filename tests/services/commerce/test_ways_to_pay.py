"""Several ways to pay one order, and what Telegram is answered before it takes Stars."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.db.models.commerce import payments, tariffs
from core.db.models.commerce_money import refunds
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import STARS, Money
from core.pay_ways import ContactNeed, PayWay
from core.rules.pricing import in_stars
from payment.base import Checkout, PaymentState
from services.commerce.orders.orders import OrderOutcome
from services.commerce.orders.paying import choose_way, take_contact
from services.commerce.payments.calls import CHECK, build_performers
from services.commerce.payments.checkouts import judge
from services.commerce.payments.payments import get_order, put_aside
from services.delivery.jobs import Perform
from services.people import awaited
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_payment
from tests.factories.shops import Shop
from tests.services.commerce.buying import (
    ScriptedProvider,
    checked,
    created,
    finish,
    only_order,
    press,
    said,
    told_of,
    work,
)

CARD = PayWay(ScriptedProvider.name, {"ru": "Картой", "en": "By card"}, frozenset({"RUB"}))
IN_STARS = PayWay("stars", {"ru": "Звёздами", "en": "With Stars"}, frozenset({STARS}))


async def test_two_ways_of_one_name_are_told_apart_by_their_providers(db: Database, shop: Shop) -> None:
    db.env = replace(db.env, pay_ways=(CARD, replace(CARD, provider="robokassa"), IN_STARS))
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().values(stars=350))
    await press(db, shop)
    (asked,) = await said(db, "order-how")
    ways = [row[0]["text"]["v"]["way"] for row in asked["buttons"]]
    assert [way.get("t") for way in ways] == ["way-of", "way-of", None]
    assert [way["v"]["provider"]["c"]["*"] for way in ways[:2]] == ["scripted", "Robokassa"]


class OtherProvider(ScriptedProvider):
    """Stands in for Stars."""

    name = "stars"


@pytest.fixture
def performers(provider: ScriptedProvider) -> Mapping[str, Perform]:
    return build_performers({provider.name: provider, "stars": OtherProvider()})


@pytest.fixture
async def two(db: Database, shop: Shop) -> Database:
    """A shop with two ways to pay, and a price in Stars."""
    db.env = replace(db.env, pay_ways=(CARD, IN_STARS))
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().values(stars=350))
    return db


async def pick(db: Database, shop: Shop, way: str) -> bool:
    async with db.unit(1) as uow:
        return await choose_way(uow, shop.buyer, f"{(await only_order(db)).id}-{way}", f"pick:{way}")


async def test_the_buyer_is_asked_how_and_pays_what_the_button_says(
    two: Database, shop: Shop, performers: Mapping[str, Perform]
) -> None:
    assert await press(two, shop) is OrderOutcome.ASKED
    (asked,) = await said(two, "order-how")
    labels = [row[0]["text"]["v"]["price"] for row in asked["buttons"]]
    assert labels == [{"money": PRICE, "currency": "RUB"}, {"money": 350, "currency": STARS}]
    assert await pick(two, shop, "stars")
    assert not await pick(two, shop, "stars")  # it is being made
    (payment,) = await read_rows(two, payments)
    assert (payment.provider, payment.amount, payment.currency) == ("stars", 350, STARS)
    await work(two, performers)
    (invoice,) = await said(two, "order-pay")
    assert invoice["text"]["v"]["amount"] == {"money": 350, "currency": STARS}
    assert await press(two, shop) is OrderOutcome.WAITS


async def test_a_way_that_cannot_take_the_price_is_not_offered(db: Database, shop: Shop) -> None:
    db.env = replace(db.env, pay_ways=(IN_STARS,))
    assert await press(db, shop) is OrderOutcome.CLOSED  # it has no price in Stars
    db.env = replace(db.env, pay_ways=(CARD, IN_STARS))
    assert await press(db, shop) is OrderOutcome.ORDERED
    assert [row.provider for row in await read_rows(db, payments)] == [CARD.provider]


async def test_one_way_fails_and_the_other_still_pays(two: Database, shop: Shop) -> None:
    await press(two, shop)
    await pick(two, shop, CARD.provider)
    await pick(two, shop, "stars")
    card, stars = await read_rows(two, payments)
    await created(two, card.id)
    await created(two, stars.id)
    await checked(two, card.id, PaymentState.CANCELLED)
    assert (await only_order(two)).status == OrderStatus.OPEN
    assert len(await said(two, "order-failed")) == 1
    await checked(two, stars.id, PaymentState.SUCCEEDED)
    assert (await only_order(two)).status == OrderStatus.PAID


async def test_paid_in_both_ways_admins_hear_of_it_and_one_access_is_open(two: Database, shop: Shop) -> None:
    await press(two, shop)
    await pick(two, shop, CARD.provider)
    await pick(two, shop, "stars")
    for payment in await read_rows(two, payments):
        await created(two, payment.id)
        await checked(two, payment.id, PaymentState.SUCCEEDED)
    assert [row.status for row in await read_rows(two, payments)] == [PaymentStatus.SUCCEEDED] * 2
    assert len(await said(two, "order-paid")) == 1


async def test_an_invoice_that_is_paid_again_is_money_of_its_own_and_goes_back(
    two: Database, shop: Shop
) -> None:
    await press(two, shop)
    await pick(two, shop, "stars")
    (payment,) = await read_rows(two, payments)
    for number in ("stx1", "stx2", "stx2", "stx1"):
        told = await told_of(two, payment.id, PaymentState.SUCCEEDED)
        told["facts"] |= {"external_id": number, "payment_id": payment.id}
        await finish(two, CHECK, payment.id, told)
    rows = await read_rows(two, payments)
    assert [(row.external_id, row.status) for row in rows] == [
        ("stx1", PaymentStatus.SUCCEEDED),
        ("stx2", PaymentStatus.SUCCEEDED),
    ]
    (back,) = await read_rows(two, refunds)
    assert (back.payment_id, back.amount, back.closes) == (rows[1].id, 350, False)


@pytest.mark.parametrize("pressed", ["0-stars", "1-gold"])
async def test_anothers_order_and_a_way_that_is_gone_are_refused(
    two: Database, shop: Shop, pressed: str
) -> None:
    await press(two, shop)
    with pytest.raises(DomainError, match=r"ORDER_NOT_FOUND|WAY_GONE"):
        async with two.unit(1) as uow:
            await choose_way(uow, shop.buyer, pressed, "k")


def asks(payment_id: int, order: str, payer: int, amount: int = 350, currency: str = STARS) -> Checkout:
    return Checkout("q", payer, "en", Money(amount, currency), payment_id, order)


async def test_stars_are_taken_for_the_open_order_of_who_pays_and_for_nothing_else(
    two: Database, shop: Shop
) -> None:
    await press(two, shop)
    await pick(two, shop, "stars")
    (payment,), order = await read_rows(two, payments), await only_order(two)
    buyer, number = shop.buyer.telegram_id, order.public_id
    refused = {
        "no such invoice": [asks(payment.id + 1, number, buyer), asks(payment.id, "OTHER2", buyer)],
        "for somebody else": [asks(payment.id, number, buyer + 1)],
        "no longer good": [asks(payment.id, number, buyer, 1), asks(payment.id, number, buyer, 350, "RUB")],
    }
    async with two.unit(1) as uow:
        assert await judge(uow, "stars", asks(payment.id, number, buyer)) == ""
        for words, questions in refused.items():
            for one in questions:
                assert words in await judge(uow, "stars", one)
        assert "no such invoice" in await judge(uow, CARD.provider, asks(payment.id, number, buyer))
    await checked(two, payment.id, PaymentState.SUCCEEDED)
    async with two.unit(1) as uow:
        assert "paid already" in await judge(uow, "stars", asks(payment.id, number, buyer))
        assert "уже оплачен" in await judge(
            uow, "stars", replace(asks(payment.id, number, buyer), language="ru")
        )


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (PaymentStatus.PENDING, ""),
        (PaymentStatus.SUCCEEDED, "paid already"),
        (PaymentStatus.CANCELLED, "no longer good"),
    ],
)
async def test_a_later_charge_in_stars_is_taken_though_its_order_is_paid(
    two: Database, shop: Shop, status: PaymentStatus, answer: str
) -> None:
    await press(two, shop)
    await pick(two, shop, "stars")
    (first,), order = await read_rows(two, payments), await only_order(two)
    await checked(two, first.id, PaymentState.SUCCEEDED)
    charge = {"provider": "stars", "amount": 350, "currency": STARS, "subscription_id": 1, "status": status}
    async with two.unit(1) as uow:
        charge_id = await add_payment(uow, order.id, **charge)
        said = await judge(uow, "stars", asks(charge_id, order.public_id, shop.buyer.telegram_id))
    assert (said == "") if not answer else answer in said


@pytest.mark.parametrize(
    ("stars", "price", "due", "asked"),
    [(350, 1000, 1000, 350), (350, 1000, 500, 175), (3, 1000, 1, 1), (None, 1000, 5, None)],
)
def test_a_part_of_the_price_is_the_same_part_in_stars(
    stars: int | None, price: int, due: int, asked: int | None
) -> None:
    assert in_stars(stars, price, due) == asked


async def test_where_the_receipt_goes_is_asked_once_and_only_where_it_is_needed(
    db: Database, shop: Shop, provider: ScriptedProvider, performers: Mapping[str, Perform]
) -> None:
    db.env = replace(db.env, pay_ways=(replace(CARD, contact=ContactNeed.EMAIL),))
    assert await press(db, shop) is OrderOutcome.ASKED
    assert await press(db, shop) is OrderOutcome.WAITS  # and hears the question again
    assert await read_rows(db, payments) == []
    order = await only_order(db)
    for text in ("+79991234567", "anna@example.org"):
        async with db.unit(1) as uow:
            waits = await awaited.find(uow, shop.chat)
            assert waits is not None
            await take_contact(uow, shop.buyer, waits.about, text, f"said:{text}")
    assert len(await said(db, "contact-wrong-email")) == 1
    await work(db, performers)
    (request,) = provider.created
    assert (request.order, request.buyer.email, request.buyer.phone) == (
        order.public_id,
        "anna@example.org",
        "",
    )
    async with db.unit(1) as uow:
        assert await awaited.find(uow, shop.chat) is None
    await checked(db, (await read_rows(db, payments))[0].id, PaymentState.CANCELLED)
    assert await press(db, shop) is OrderOutcome.ORDERED  # it is known now


async def test_words_are_no_contact_once_the_order_is_over(db: Database, shop: Shop) -> None:
    db.env = replace(db.env, pay_ways=(replace(CARD, contact=ContactNeed.EMAIL),))
    await press(db, shop)
    order = await only_order(db)
    about = f"{order.id}-{CARD.provider}"
    async with db.unit(1) as uow:
        assert await put_aside(uow, await get_order(uow, order.id))
        assert not await take_contact(uow, shop.buyer, about, "thank you", "words")
        assert await awaited.find(uow, shop.chat) is None
    assert await said(db, "contact-wrong-email") == []


async def test_a_contact_for_a_way_that_is_gone_is_asked_for_no_more(db: Database, shop: Shop) -> None:
    db.env = replace(db.env, pay_ways=(replace(CARD, contact=ContactNeed.EMAIL),))
    await press(db, shop)
    db.env = replace(db.env, pay_ways=(IN_STARS,))
    async with db.unit(1) as uow:
        about = f"{(await only_order(db)).id}-{CARD.provider}"
        assert await take_contact(uow, shop.buyer, about, "anna@example.org", "contact")
        assert await awaited.find(uow, shop.chat) is None
    assert len(await said(db, "error-way-gone")) == 1
