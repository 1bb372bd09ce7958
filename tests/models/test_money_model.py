"""Orders, discounts, upgrades, instalments, commissions, double payments, fees and refunds at random, to the kopek.

The books say what a naive model adds up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from core.db.models.commerce import orders, payments, tariffs
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.pay_ways import PayWay
from payment.base import PaymentState
from services.commerce.ledger.checking import check_books
from services.commerce.orders import manual_orders
from services.commerce.payments.calls import CHECK, build_performers
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.promo import codes
from services.commerce.promo.codes import Draft
from services.commerce.promo.uses import enter_code
from services.commerce.refunds import calls as refund_calls
from services.commerce.refunds import refunds
from services.people.schemas import Contact
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import PRICE, add_click, add_partner, add_payment
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    ScriptedProvider,
    checked,
    created,
    finish,
    pass_time,
    press,
    told_of,
    work,
)
from tests.services.commerce.charges import MONTH, pay_charge, sell, subscribe

CODES = {"FIFTH": "20%", "SUM": "333.33", "FREE": "free"}
STEPS = 50
IN_PARTS = 10_000
pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, pay_ways=(PayWay(ScriptedProvider.name),))


@dataclass
class World:
    """What was done, and what a child with a pencil would add up."""

    db: Database
    clock: StillClock
    shop: Shop
    dice: Random
    people: list[Contact] = field(default_factory=list)
    sold: int = 0
    taken_off: int = 0
    twice: int = 0
    kept: int = 0
    back: dict[int, int] = field(default_factory=dict)  # by payment
    shares: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # by payment: what it was, and a fifth of it
    partner: int = 0
    referred: set[int] = field(default_factory=set)
    surplus: set[int] = field(default_factory=set)

    def of(self, person: Contact) -> Shop:
        return replace(self.shop, buyer=person)

    async def buy(self) -> None:
        """Somebody new, perhaps with a code."""
        async with self.db.unit(1) as uow:
            person = await add_contact(uow, 700_000 + len(self.people))
            await add_chat(uow, self.shop.chat.bot_id, person)
            code = self.dice.choice([None, *CODES])
            if code:
                await enter_code(uow, person.id, code)
            if self.dice.random() < 0.5:
                await add_click(uow, self.partner, person.id)
                self.referred.add(person.id)
        self.people.append(person)
        await self._order(person, "basic")

    async def buy_in_parts(self) -> None:
        """Somebody new pays a third at once, and the others month by month."""
        async with self.db.unit(1) as uow:
            person = await add_contact(uow, 750_000 + len(self.people))
            await add_chat(uow, self.shop.chat.bot_id, person)
        self.people.append(person)
        await subscribe(self.db, self.of(person), "parts")
        for _ in range(2):
            await pass_time(self.db, self.clock, days=28)
            await pass_time(self.db, self.clock, days=3)
            await pay_charge(self.db)
        self.sold += IN_PARTS

    async def upgrade(self) -> None:
        """Somebody wants more."""
        if self.people:
            await self._order(self.dice.choice(self.people), "club")

    async def _order(self, person: Contact, code: str) -> None:
        try:
            await press(self.db, self.of(person), code, agreed=True)
        except DomainError:  # has it already
            return
        row = (await read_rows(self.db, orders))[-1]
        if row.status == "paid":
            self.taken_off += row.discount
        if row.status != "open" or row.contact_id != person.id:
            return
        await self._settle(row)

    async def _settle(self, order: Any) -> None:
        payment = (await read_rows(self.db, payments, order_id=order.id))[-1]
        if payment.status == "new":
            await created(self.db, payment.id)
        way = self.dice.choice(["pay", "pay", "pay", "decline", "late", "hand"])
        if way in {"decline", "late"}:
            await checked(self.db, payment.id, PaymentState.CANCELLED)
        if way == "hand":
            async with self.db.unit(1) as uow:
                await manual_orders.settle_order(uow, await get_order(uow, order.id), "1001")
        if way in {"pay", "late"}:
            for _ in range(2):
                await checked(self.db, payment.id, PaymentState.SUCCEEDED)
        if way != "decline":
            self.sold += payment.amount
            self.taken_off += order.discount
            if order.contact_id in self.referred:
                self.shares[payment.id] = payment.amount, payment.amount // 5

    async def pay_twice(self) -> None:
        """An order that was paid is paid once more."""
        paid = await read_rows(self.db, payments, status="succeeded")
        first = self.dice.choice([one for one in paid if one.amount] or [None])
        if first is None:
            return
        async with self.db.unit(1) as uow:
            more = {"provider": "scripted", "amount": first.amount, "made_at": uow.now}
            second = await add_payment(uow, first.order_id, **more)
        await created(self.db, second)
        await checked(self.db, second, PaymentState.SUCCEEDED)
        self.twice += first.amount
        self.surplus.add(second)

    async def give_back(self) -> None:
        """A part or all of a payment goes back, from here or at the provider."""
        paid = await read_rows(self.db, payments, status="succeeded")
        payment = self.dice.choice([one for one in paid if one.refunded < one.amount] or [None])
        if payment is None:
            return
        left = payment.amount - payment.refunded
        part = self.dice.choice([left, self.dice.randint(1, left)])
        if self.dice.random() < 0.5:
            refunded = {"refunded": payment.refunded + part}
            told = await told_of(self.db, payment.id, PaymentState.SUCCEEDED, **refunded)
            await finish(self.db, CHECK, payment.id, told)
        else:
            async with self.db.unit(1) as uow:
                known = await get_payment(uow, payment.id)
                await refunds.ask_refund(uow, refunds.RefundDecision(known.id, part, "1001", known.refunded))
            provider = {"scripted": ScriptedProvider()}
            performers = {**build_performers(provider), **refund_calls.build_performers(provider)}
            await work(self.db, {**performers, CHECK: _say_nothing})
        self.back[payment.id] = self.back.get(payment.id, 0) + part

    async def keep_fee(self) -> None:
        """The provider says what it kept; the first word counts."""
        paid = await read_rows(self.db, payments, status="succeeded")
        payment = self.dice.choice([one for one in paid if one.amount] or [None])
        if payment is None:
            return
        fee = self.dice.randint(1, payment.amount // 10)
        told = await told_of(self.db, payment.id, PaymentState.SUCCEEDED, fee=fee)
        await finish(self.db, CHECK, payment.id, told)
        self.kept += fee if payment.fee is None else 0

    def add_up(self) -> Mapping[str, int]:
        back_surplus = sum(amount for one, amount in self.back.items() if one in self.surplus)
        back = sum(self.back.values()) - back_surplus
        earned = sum(self._left_of(*one) for one in self.shares.items())
        books = {
            "provider": self.sold + self.twice - self.kept - back - back_surplus,
            "revenue": earned - self.sold - self.taken_off,
            "partner": -earned,
            "discount": self.taken_off,
            "buyer": back_surplus - self.twice,
            "refund": back,
            "fee": self.kept,
        }
        return {book: amount for book, amount in books.items() if amount}

    def _left_of(self, payment_id: int, share: tuple[int, int]) -> int:
        """A partner's fifth of a payment, less the same part of it as went back to the buyer."""
        paid, fifth = share
        back = self.back.get(payment_id, 0)
        return fifth - (fifth if back >= paid else fifth * back // paid) if paid else 0


async def _say_nothing(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a payment stands is said by the test alone."""
    del payload
    return {"facts": None}


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_books_say_what_happened(db: Database, clock: StillClock, seed: int) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        await uow.conn.execute(tariffs.update().where(tariffs.c.code == "club").values(price=3 * PRICE + 1))
        await uow.conn.execute(tariffs.update().values(commission={"first": "20%"}))
        for code, taken_off in CODES.items():
            await codes.add_code(uow, Draft(code, taken_off, limit="9"))
        partner = await add_partner(uow, (await add_contact(uow, 699_999)).id, "PARTNER")
    await sell(db, shop, "parts", period=MONTH, parts=3, more={"price": IN_PARTS, "rights": ["parts"]})
    world = World(db, clock, shop, Random(seed), partner=partner)
    rare = (world.buy_in_parts, world.pay_twice, world.keep_fee)
    ways = (world.buy, world.buy, world.upgrade, world.give_back, *rare)
    for number in range(STEPS):
        await world.dice.choice(ways)()
        if number % 10 == 0:
            await _compare(world)
    await _compare(world)
    assert world.sold
    assert world.back
    assert world.taken_off
    assert world.shares
    assert len(await read_rows(db, payments, kind="instalment")) >= 2
    print(f"\nbooks: {STEPS} happenings, {len(world.people)} buyers, every sum to the kopek")


async def _compare(world: World) -> None:
    books = await check_books(world.db, 1, {})
    assert {one.book: one.amount for one in books.sums if one.amount} == world.add_up()
    assert books.is_right, books
