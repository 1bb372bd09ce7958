"""The books: written where money moves, right in themselves, and compared with what is open and what providers say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from typing_extensions import override

from core.db.models.commerce import accesses, payments, tariffs
from core.db.session import Database
from core.money import Money
from payment.base import Ability, PaymentFacts, PaymentState, UnavailableError
from services.commerce.ledger.checking import Books, Silence, check_books
from services.commerce.ledger.exporting import list_rows
from services.commerce.payments.calls import CHECK
from tests.factories.sales import PRICE, add_payment, add_refund
from tests.factories.shops import Shop
from tests.services.commerce.buying import (
    ScriptedProvider,
    buy,
    checked,
    choose,
    created,
    finish,
    only_order,
    only_payment,
    told_of,
)


class ListingProvider(ScriptedProvider):
    """Gives the list that a test sets."""

    abilities = frozenset({Ability.ASK, Ability.LIST})

    def __init__(self, *listed: PaymentFacts) -> None:
        super().__init__()
        self.listed: Sequence[PaymentFacts] | Exception = listed

    @override
    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        assert since < until
        if isinstance(self.listed, Exception):
            raise self.listed
        return self.listed


async def read_books(db: Database, provider: ScriptedProvider | None = None) -> Books:
    return await check_books(db, 1, {"scripted": provider} if provider else None)


def sums(books: Books) -> dict[str, int]:
    assert {one.currency for one in books.sums} <= {"RUB"}
    return {one.book: one.amount for one in books.sums}


async def test_a_sale_is_revenue_once_and_its_fee_is_known_later(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    await checked(db, payment_id, PaymentState.SUCCEEDED)
    assert sums(await read_books(db)) == {"provider": PRICE, "revenue": -PRICE}
    for _ in range(2):
        await finish(db, CHECK, payment_id, await told_of(db, payment_id, PaymentState.SUCCEEDED, fee=500))
    books = await read_books(db)
    assert sums(books) == {"fee": 500, "provider": PRICE - 500, "revenue": -PRICE}
    assert books.is_right


async def test_money_for_an_order_paid_before_is_the_buyers(db: Database, shop: Shop) -> None:
    first = await buy(db, shop)
    async with db.unit(1) as uow:
        row = {
            "order_id": (await only_order(db)).id,
            "provider": "scripted",
            "amount": PRICE,
            "status": "new",
        }
        more = {"account_id": 1, "currency": "RUB", "created_at": uow.now, "made_at": uow.now}
        second = (await uow.conn.execute(payments.insert().values(**row, **more))).inserted_primary_key
    assert second is not None
    await created(db, second[0])
    await checked(db, second[0], PaymentState.SUCCEEDED)
    assert first != second[0]
    books = await read_books(db)
    assert sums(books) == {"buyer": -PRICE, "provider": 2 * PRICE, "revenue": -PRICE}
    assert books.is_right


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (payments.update().values(amount=PRICE - 1), "unbooked"),
        (payments.update().values(status="cancelled"), "access_without_money"),
        (accesses.update().values(payment_id=None), "money_without_access"),
    ],
)
async def test_what_does_not_fit_is_found(db: Database, shop: Shop, change: object, wrong: str) -> None:
    await buy(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(change)  # type: ignore[call-overload]
    books = await read_books(db)
    assert not books.is_right
    assert getattr(books, wrong) == ((await only_order(db)).public_id,)


@pytest.mark.parametrize("why", ["", "an admin kept it", "the tariff keeps it", "another part is paid"])
async def test_what_stays_open_by_a_rule_or_an_admins_word_is_no_mistake(
    db: Database, shop: Shop, why: str
) -> None:
    payment_id = await buy(db, shop)
    order = await only_order(db)
    async with db.unit(1) as uow:
        await uow.conn.execute(payments.update().values(refunded=PRICE))
        back = {"status": "succeeded", "closes": False if why == "an admin kept it" else None}
        await add_refund(uow, payment_id, **back)
        if why == "the tariff keeps it":
            await uow.conn.execute(tariffs.update().values(closes_on_refund="never"))
        if why == "another part is paid":
            await add_payment(uow, order.id, status="succeeded", provider="scripted", kind="instalment")
    assert (await read_books(db)).access_without_money == (() if why else (order.public_id,))


async def test_our_sums_are_compared_with_the_providers_list(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    order = await only_order(db)
    paid = PaymentFacts(f"ext-{payment_id}", PaymentState.SUCCEEDED, Money(PRICE, "RUB"))
    foreign = replace(paid, external_id="other", payment_id=payment_id, order="NOT1US")
    assert (await read_books(db, ListingProvider(paid, foreign))).is_right
    returned = await read_books(db, ListingProvider(replace(paid, refunded=1)))
    assert (returned.is_right, returned.providers[0].theirs) == (False, PRICE - 1)
    assert returned.differences == (
        f"order {order.public_id}: 1900.00 RUB here, 1899.99 RUB at scripted (ext-{payment_id})",
    )
    nothing = await read_books(db, ListingProvider())
    assert nothing.differences == (f"order {order.public_id}: scripted knows no payment ext-{payment_id}",)
    away = ListingProvider()
    away.listed = UnavailableError("no connection")
    assert (await read_books(db, away)).providers[0].trouble == "no connection"


async def test_who_gives_no_list_is_not_counted_as_equal(db: Database, shop: Shop) -> None:
    await buy(db, shop)
    for providers, silence in (
        (None, Silence.NOT_ASKED),
        ({}, Silence.NOT_SET_UP),
        ({"scripted": ScriptedProvider()}, Silence.NO_LIST),
    ):
        books = await check_books(db, 1, providers)
        (one,) = books.providers
        assert (one.silence, one.is_equal, one.theirs, books.is_right) == (silence, None, None, True)


async def test_a_payment_nobody_heard_of_is_found_in_the_list(db: Database, shop: Shop) -> None:
    await choose(db, shop)
    payment, order = await only_payment(db), await only_order(db)
    paid = PaymentFacts("unheard", PaymentState.SUCCEEDED, Money(PRICE, "RUB"), payment.id, order.public_id)
    books = await read_books(db, ListingProvider(paid))
    assert (books.is_right, books.providers[0].theirs) == (False, PRICE)


async def test_the_lines_as_a_table(db: Database, shop: Shop) -> None:
    await buy(db, shop)
    async with db.unit(1) as uow:
        rows = await list_rows(uow)
    number = (await only_order(db)).public_id
    assert [(row[2], str(row[3]), row[5]) for row in rows] == [
        ("provider", "1900.00", number),
        ("revenue", "-1900.00", number),
    ]
