"""What every provider with a stand-in leads to in the shop: one grant for one payment, whatever is lost, repeated or slow."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from core.clock import Clock, SystemClock
from core.db.models.commerce import accesses, orders, payments, provider_events
from core.db.models.commerce_money import refunds
from core.db.models.delivery import outbox
from core.db.session import Database
from core.lifecycle import OrderStatus, PaymentStatus
from core.pay_ways import PayWay
from payment.base import Ability, NoticeRequest, PaymentProvider
from payment.registry import build_provider
from payment.spec import Surroundings
from sandbox.providers.registry import STAND_INS
from services.commerce.payments.calls import build_performers
from services.commerce.refunds import calls as refund_calls
from services.commerce.refunds.refunds import RefundDecision, ask_refund, settle_by_hand
from services.delivery.jobs import Perform
from tests.factories import sales
from tests.factories.accounts import SALES_BOT, add_account
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock
from tests.payment.test_contract import NUMBERS
from tests.services.commerce.buying import pass_time, press, said, work
from web.application import build_application

AT_ONCE = 30
OTHER = 2  # another account
ADMIN = 1001


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@dataclass
class Counter:
    """A shop that sells by one provider, and everything around it."""

    db: Database
    shop: Shop
    provider: PaymentProvider
    performers: dict[str, Perform]
    sandbox: str
    told: list[NoticeRequest]
    door: httpx.AsyncClient

    async def plan(self, *troubles: dict[str, Any], **more: Any) -> None:
        async with httpx.AsyncClient() as client:
            decision = {"troubles": list(troubles)} | more
            (await client.post(f"{self.sandbox}/sandbox/providers", json=decision)).raise_for_status()

    async def order(self) -> Any:
        """Somebody chooses the tariff and gets a page to pay on; gives the payment."""
        await press(self.db, self.shop)
        for _ in range(5):
            await work(self.db, self.performers)
            payment = (await read_rows(self.db, payments))[-1]
            if payment.url:
                return payment
            await pass_time(self.db, self.clock, seconds=61)
        raise AssertionError("no page came")

    @property
    def clock(self) -> StillClock:
        assert isinstance(self.db.clock, StillClock)
        return self.db.clock

    async def press_page(self, url: str, decision: str) -> None:
        async with httpx.AsyncClient(follow_redirects=True) as client:
            shown = await client.get(url)
            (await client.post(shown.url, data={"do": decision})).raise_for_status()

    async def pass_on(self, times: int = 1, account: str = "") -> set[int]:
        """What the provider has told reaches our door so often, all at once; gives the answers' statuses."""
        told = self.told[-1]
        path = f"/payments/{self.provider.name}{account}"
        answers = await asyncio.gather(
            *(self.door.post(path, content=told.body, headers=dict(told.headers)) for _ in range(times))
        )
        await work(self.db, self.performers)
        return {one.status_code for one in answers}

    async def end_of(self, payment_id: int) -> tuple[str, str, int, int]:
        (payment,) = await read_rows(self.db, payments, id=payment_id)
        (order,) = await read_rows(self.db, orders, id=payment.order_id)
        granted = await count_rows(self.db, accesses, payment_id=payment_id, status="active")
        receipts = await count_rows(self.db, outbox, dedupe_key=f"order:{order.id}:receipt")
        return payment.status, order.status, granted, receipts


DONE = (PaymentStatus.SUCCEEDED, OrderStatus.PAID, 1, 1)


@pytest.fixture(params=sorted(STAND_INS))
async def counter(
    request: pytest.FixtureRequest, sandbox_for_all: str, db: Database
) -> AsyncIterator[Counter]:
    """Each provider in turn, on each database; rows have numbers that the shared stand-in does not know yet."""
    name, told = request.param, list[NoticeRequest]()
    around = Surroundings(_Real(db.clock), _no_telegram, 5.0)
    provider = build_provider(name, STAND_INS[name].settings(sandbox_for_all), around)
    db.env = replace(db.env, pay_ways=(PayWay(name),))
    shop = await open_shop(db)
    await _begin_with(db, shop, next(NUMBERS))

    async def hear(heard: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in heard.headers.items() if key.lower() != "host"}
        told.append(NoticeRequest(headers, await heard.read(), "127.0.0.1"))
        return web.Response(text="OK")

    app = web.Application()
    app.router.add_post("/hear", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    both = {name: provider}

    async def find_other(account_id: int, name: str) -> PaymentProvider | None:
        return both.get(name) if account_id == OTHER else None  # the very same account at the provider

    performers = {**build_performers(both, find_other), **refund_calls.build_performers(both)}
    ours = build_application(db, lambda: True, lambda: True, providers=both, find_other=find_other)
    transport = httpx.ASGITransport(ours, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as door:
        one = Counter(db, shop, provider, performers, sandbox_for_all, told, door)
        await one.plan(notify={name: f"http://127.0.0.1:{runner.addresses[0][1]}/hear"})
        yield one
        await one.plan()
    await provider.aclose()
    await runner.cleanup()


class _Real(SystemClock):
    """The provider's own time: the real one, whatever the product's clock shows."""

    def __init__(self, _: Clock) -> None:
        super().__init__()


async def _begin_with(db: Database, shop: Shop, number: int) -> None:
    """Let the rows of payments begin with a number."""
    async with db.unit(1) as uow:
        if db.is_sqlite:
            over = {"status": OrderStatus.CANCELLED, "public_id": "OVER22"}
            order_id = await sales.add_order(uow, shop.buyer, shop.basic, **over)
            await sales.add_payment(uow, order_id, id=number, status=PaymentStatus.CANCELLED)
        else:
            await uow.conn.execute(text("SELECT setval('payments_id_seq', :number)"), {"number": number})


async def test_told_many_times_at_once_it_is_opened_once(counter: Counter) -> None:
    payment = await counter.order()
    await counter.press_page(payment.url, "pay")
    assert await counter.pass_on(AT_ONCE) == {200}
    assert await counter.end_of(payment.id) == DONE
    assert await count_rows(counter.db, provider_events) == 1


async def test_a_lost_answer_and_a_lost_notice_lose_nobody(counter: Counter) -> None:
    await counter.plan({"kind": "broken_after", "count": 2})
    payment = await counter.order()
    await counter.plan({"kind": "drop_notice", "count": 9})
    await counter.press_page(payment.url, "pay")
    assert counter.told == []
    if Ability.FIND not in counter.provider.abilities:
        pytest.skip("nobody can be asked: an admin settles it by hand")
    await pass_time(counter.db, counter.clock, minutes=2)
    await work(counter.db, counter.performers)
    assert await counter.end_of(payment.id) == DONE


async def test_declined_it_opens_nothing_and_can_be_ordered_again(counter: Counter) -> None:
    payment = await counter.order()
    await counter.press_page(payment.url, "decline")
    if counter.told:
        assert await counter.pass_on(2) == {200}
    else:
        await pass_time(counter.db, counter.clock, minutes=2)
        await work(counter.db, counter.performers)
    assert await counter.end_of(payment.id) == (PaymentStatus.CANCELLED, OrderStatus.CANCELLED, 0, 0)
    again = await counter.order()
    await counter.press_page(again.url, "pay")
    await counter.pass_on()
    assert await counter.end_of(again.id) == DONE


async def test_given_back_twice_it_goes_back_once(counter: Counter) -> None:
    is_by_hand = Ability.REFUND not in counter.provider.abilities
    payment = await counter.order()
    await counter.press_page(payment.url, "pay")
    await counter.pass_on()
    async with counter.db.unit(1) as uow:
        await ask_refund(uow, RefundDecision(payment.id, payment.amount, "1001", 0))
    if not is_by_hand:
        await counter.plan({"kind": "broken_after", "count": 1, "path": "refunds"})
    for _ in range(3):
        await work(counter.db, counter.performers)
        await pass_time(counter.db, counter.clock, minutes=5)
    await counter.pass_on()  # late news of the payment change nothing
    (row,) = await read_rows(counter.db, refunds)
    if is_by_hand:
        assert row.status == "by_hand"
        assert await count_rows(counter.db, accesses, payment_id=payment.id, status="active") == 1
        for is_news in (True, False):
            async with counter.db.unit(1) as uow:
                assert await settle_by_hand(uow, row.id) is is_news
    (row,) = await read_rows(counter.db, refunds)
    (paid,) = await read_rows(counter.db, payments, id=payment.id)
    assert (row.status, row.amount, paid.refunded) == ("succeeded", payment.amount, payment.amount)
    assert await count_rows(counter.db, accesses, payment_id=payment.id, status="active") == 0


async def test_told_to_another_account_it_opens_nothing_and_is_told_once(counter: Counter) -> None:
    db = counter.db
    async with db.unit(OTHER) as uow:
        await add_account(uow)
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    payment = await counter.order()
    await counter.press_page(payment.url, "pay")
    assert await counter.pass_on(3, f"/{OTHER}") == {200}
    assert await counter.end_of(payment.id) == (payment.status, OrderStatus.OPEN, 0, 0)
    assert await count_rows(db, outbox, account_id=OTHER) == 0  # nobody runs it yet
    async with db.unit(1) as uow:  # as if it had been ordered there: now it is told to us
        for table in (payments, orders):
            await uow.conn.execute(table.update().values(account_id=OTHER))
    assert await counter.pass_on(3) == {200}
    assert await counter.end_of(payment.id) == (payment.status, OrderStatus.OPEN, 0, 0)
    assert len(await said(db, "payment-unknown")) == 1
