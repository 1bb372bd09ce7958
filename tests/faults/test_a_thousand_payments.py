"""A thousand payments by every provider there is, faults and blows on the way: the books are right in the end."""

import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update
from typing_extensions import override

from bots.runtime.till import read_money, take_money
from core.clock import SystemClock
from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.money import STARS
from core.pay_ways import PayWay
from payment.base import (
    Ability,
    NoticeRequest,
    PaymentProvider,
    RefusedError,
    UnavailableError,
    UnknownOutcomeError,
)
from payment.registry import PROVIDERS, build_provider
from payment.spec import Surroundings
from payment.stars.provider import ALREADY
from sandbox.providers.registry import STAND_INS
from services.commerce.catalog.tariffs import ChosenOffer, OfferPlace, get_tariff, terms_of
from services.commerce.ledger.checking import check_books
from services.commerce.orders.manual_orders import settle_order
from services.commerce.orders.orders import choose_tariff
from services.commerce.payments.calls import build_performers
from services.commerce.payments.payments import get_order
from services.commerce.refunds import calls as refund_calls
from services.commerce.refunds.refunds import RefundDecision, ask_refund
from services.delivery.jobs import Perform
from services.delivery.speech import Address
from tests.factories import sales
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import open_shop
from tests.factories.work import run_due
from tests.fakes.clock import StillClock
from tests.faults.ears import listening
from tests.faults.kernel import Struck
from tests.faults.waiting import kind_of, tell
from tests.payment.test_contract import NUMBERS
from tests.payment.test_stars import Telegram as StarsDesk
from tests.services.commerce.buying import pass_time
from utils import faultpoints
from web.application import build_application

FIRST = 800_000
CROWD = 20  # people who buy at about the same time; one request of each kind goes wrong for them
FAILS = 0.05  # of the calls to Telegram, and of what it tells
LAST = 120  # a blow falls within so many dangerous moments


class Telegram(StarsDesk):
    """Takes Stars, and fails one call in twenty, before or after it was done; what it tells a test passes on."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice
        self.invoices: dict[str, tuple[str, int]] = {}
        self.updates: list[dict[str, Any]] = []
        self.failed = 0

    @override
    async def call(self, method: str, fields: Mapping[str, Any]) -> Any:
        self._fail(UnavailableError(method))
        answer = await super().call(method, fields)
        if method == "createInvoiceLink":
            answer = f"https://t.me/${len(self.invoices)}"
            self.invoices[answer] = (fields["payload"], fields["prices"][0]["amount"])
        elif method == "refundStarPayment":
            self._give_back(str(fields["telegram_payment_charge_id"]))
        self._fail(UnknownOutcomeError(method))
        return answer

    def _fail(self, error: Exception) -> None:
        if self.dice.random() < FAILS / 2:
            self.failed += 1
            raise error

    def _give_back(self, number: str) -> None:
        mine = [one for one in self.transactions if one["id"] == number]
        if len(mine) > 1:
            raise RefusedError(ALREADY)
        self.give_back(number, mine[0]["amount"])

    def pay(self, url: str, payer: int) -> None:
        """Somebody pays an invoice; one update in twenty is lost."""
        payload, amount = self.invoices[url]
        number = f"charge-{len(self.transactions)}"
        self.receive(number, payload, amount)
        source = {**self.transactions[-1]["source"], "user": {"id": payer}}
        self.transactions[-1] |= {"date": _now(), "source": source}
        paid = {"total_amount": amount, "currency": STARS, "invoice_payload": payload}
        told = {"successful_payment": {**paid, "telegram_payment_charge_id": number}, "from": {"id": payer}}
        if self.dice.random() >= FAILS:
            self.updates.append({"message": {**told, "date": _now()}})


@dataclass
class Market:
    """A shop that sells by all providers, what they have told, and the dice."""

    db: Database
    clock: StillClock
    providers: Mapping[str, PaymentProvider]
    sandbox: str
    door: httpx.AsyncClient
    outside: httpx.AsyncClient
    told: list[tuple[str, NoticeRequest]]
    telegram: Telegram
    dice: random.Random
    blows: int = 0
    faults: int = 0
    manual_orders: int = 0
    paid: set[int] = field(default_factory=set)

    @property
    def performers(self) -> Mapping[str, Perform]:
        return {**build_performers(self.providers), **refund_calls.build_performers(self.providers)}

    async def plan(self, *troubles: dict[str, Any], **more: Any) -> None:
        chosen = {"troubles": list(troubles)} | more
        (await self.outside.post(f"{self.sandbox}/sandbox/providers", json=chosen)).raise_for_status()

    async def work(self, *, under_fire: bool = False) -> None:
        """Do what is due, one job after another; a blow ends it somewhere, and what was begun counts as lost after a while."""
        if under_fire:
            faultpoints.arm(self.dice.randrange(1, LAST), _strike)
        try:
            while await run_due(self.db, self.performers, at_once=1):
                pass
        except Struck:
            self.blows += 1
            await pass_time(self.db, self.clock, minutes=11)
        faultpoints.arm(0)
        while await run_due(self.db, self.performers, at_once=1):
            pass

    async def order(self, telegram_id: int, provider: str) -> None:
        currencies = frozenset({STARS}) if provider == "stars" else frozenset[str]()
        self.db.env = replace(self.db.env, pay_ways=(PayWay(provider, currencies=currencies),))
        async with self.db.unit(1) as uow:
            person = await add_contact(uow, telegram_id)
            await add_chat(uow, SALES_BOT, person)
            tariff = await get_tariff(uow, "basic")
            chosen = ChosenOffer(OfferPlace(Address(SALES_BOT, telegram_id)), tariff, terms_of(tariff))
            await choose_tariff(uow, person, chosen, f"press:{telegram_id}")

    async def pay_all(self) -> None:
        """Whoever has a page and has not paid yet, pays."""
        for row in await read_rows(self.db, payments):
            if not row.url or row.id in self.paid:
                continue
            if row.provider == "stars":
                (order,) = await read_rows(self.db, orders, id=row.order_id)
                self.telegram.pay(row.url, order.chat_id)
            else:
                shown = await self.outside.get(row.url)
                (await self.outside.post(shown.url, data={"do": "pay"})).raise_for_status()
            self.paid.add(row.id)

    async def pass_on(self) -> None:
        """What the providers have told reaches our door, some of it twice; the answer is always 200."""
        told, self.told[:] = list(self.told), []
        self.dice.shuffle(told)
        for name, one in told:
            for _ in range(self.dice.choice((1, 1, 2))):
                answer = await self.door.post(
                    f"/payments/{name}", content=one.body, headers=dict(one.headers)
                )
                assert answer.status_code == 200, (name, answer.text)
        updates, self.telegram.updates = self.telegram.updates, []
        for one in self.dice.choices(updates, k=2 * len(updates)) + updates:
            money = read_money(self.providers, one)
            assert money is not None
            async with self.db.unit(1) as uow:
                await take_money(uow, money, _no_direct)

    async def settle_the_silent(self) -> None:
        """Who cannot be asked and has told nothing is looked up in the cabinet by an admin."""
        for row in await read_rows(self.db, payments):
            if row.status == PaymentStatus.SUCCEEDED or row.provider not in self.providers:
                continue
            if Ability.ASK not in self.providers[row.provider].abilities and row.id in self.paid:
                async with self.db.unit(1) as uow:
                    await settle_order(uow, await get_order(uow, row.order_id), "1001")
                self.manual_orders += 1


def _now() -> int:
    return int(SystemClock().real_now().timestamp())


async def _no_direct(method: str, fields: Any) -> Any:
    raise AssertionError(method)


def _strike(name: str) -> None:
    raise Struck(name)


@pytest.fixture
async def market(sandbox_for_all: str, db: Database, clock: StillClock) -> AsyncIterator[Market]:
    dice = random.Random(5)
    telegram = Telegram(dice)
    around = Surroundings(SystemClock(), telegram.call, 5.0)
    settings = {name: one.settings(sandbox_for_all) for name, one in STAND_INS.items()} | {"stars": {}}
    providers = {name: build_provider(name, values, around) for name, values in settings.items()}
    providers["mock"] = build_provider("mock", {}, replace(around, clock=clock))
    assert set(providers) == set(PROVIDERS), "every provider takes part"
    await open_shop(db)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(tariffs).values(stars=1050))
    await _begin_with(db, next(NUMBERS) * 1000)
    ours = build_application(db, lambda: True, lambda: True, "", providers, ())
    transport = httpx.ASGITransport(ours, client=("127.0.0.1", 1))
    async with (
        listening() as ears,
        httpx.AsyncClient(transport=transport, base_url="http://shop") as door,
        httpx.AsyncClient(follow_redirects=True, timeout=120) as outside,
    ):
        one = Market(db, clock, providers, sandbox_for_all, door, outside, ears.told, telegram, dice)
        await one.plan(notify=ears.addresses(STAND_INS))
        yield one
        await one.plan()
    for provider in providers.values():
        await provider.aclose()


async def _begin_with(db: Database, number: int) -> None:
    """Rows of payments have numbers that the shared stand-ins have not seen."""
    async with db.unit(1) as uow:
        if not db.is_sqlite:
            await uow.conn.execute(text("SELECT setval('payments_id_seq', :number)"), {"number": number})
            return
        person = await add_contact(uow, FIRST - 1)
        tariff = await get_tariff(uow, "basic")
        over = {"status": OrderStatus.CANCELLED, "public_id": "OVER22"}
        order_id = await sales.add_order(uow, person, tariff.id, **over)
        await sales.add_payment(uow, order_id, id=number, status=PaymentStatus.CANCELLED)


@pytest.mark.faults
@pytest.mark.timeout(2400)
async def test_after_a_thousand_payments_the_books_are_right(market: Market, db_url: str) -> None:
    await _live(market, 1000, kind_of(db_url))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_after_a_few_payments_the_books_are_right(market: Market) -> None:
    await _live(market, 12, "sqlite")


async def _live(market: Market, people: int, told: str) -> None:
    names = sorted(market.providers)
    for first in range(0, people, CROWD):
        troubles = [{"kind": one, "count": 1} for one in ("broken", "broken_after", "drop_notice")]
        await market.plan(*troubles)
        market.faults += len(troubles)
        for number in range(first, min(first + CROWD, people)):
            await market.order(FIRST + number, names[number % len(names)])
        await market.work(under_fire=True)
        await market.pay_all()
        await market.pass_on()
        await market.work(under_fire=True)
    await market.plan()
    await _come_to_rest(market)
    back = await _give_some_back(market)
    market.faults += market.telegram.failed
    await _judge(market, people, back, told)


async def _come_to_rest(market: Market) -> None:
    """Time passes until the reconciler has asked for all that nobody told of, and the rest is settled by hand."""
    for _ in range(8):
        await pass_time(market.db, market.clock, minutes=6)
        await market.work()
        await market.pay_all()
        await market.pass_on()
        await market.work()
    await market.settle_the_silent()


async def _give_some_back(market: Market) -> int:
    """One in ten gets the money back, where the provider can."""
    able = [
        row
        for row in await read_rows(market.db, payments, status=PaymentStatus.SUCCEEDED)
        if Ability.REFUND in market.providers[row.provider].abilities
    ][::10]
    for row in able:
        async with market.db.unit(1) as uow:
            await ask_refund(uow, RefundDecision(row.id, row.amount, "1001", 0))
    for _ in range(3):
        await market.work(under_fire=True)
        await pass_time(market.db, market.clock, minutes=6)
        await market.pass_on()
    await market.work()
    return len(able)


async def _judge(market: Market, people: int, back: int, told: str) -> None:
    db = market.db
    async with db.unit(1) as uow:  # the product's clock stands in another year than the stand-ins'
        real = SystemClock().real_now()
        await uow.conn.execute(
            update(payments).where(payments.c.made_at.is_not(None)).values(made_at=real.replace(hour=0))
        )
    books = await check_books(db, 1, market.providers)
    opened = await count_rows(db, accesses)
    tell(
        f"{told}: {people} payments by {len(market.providers)} providers, {market.faults} faults, {market.blows} blows, "
        f"{back} given back, {market.manual_orders} settled by hand: {opened} opened, "
        f"money without access {len(books.money_without_access)}, access without money {len(books.access_without_money)}, "
        f"differences {len(books.differences)}"
    )
    assert opened == people
    assert {row.status for row in await read_rows(db, orders)} <= {OrderStatus.PAID, OrderStatus.CANCELLED}
    assert await count_rows(db, orders, status=OrderStatus.PAID) == people
    assert await count_rows(db, accesses, status="active") == people - back
    assert books.is_right, books
