"""Notifications of providers over HTTP: stored once, answered at once, acted upon by a job."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import httpx
import pytest
from typing_extensions import override

from core.db.models.commerce import accesses, provider_events
from core.db.models.delivery import jobs
from core.db.session import Database
from core.environment import Environment
from core.events import JobFinished
from core.money import Money
from core.pay_ways import PayWay
from payment.base import (
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentState,
)
from services.commerce.payments.calls import NOTICE, build_performers, write_facts
from services.delivery import speech
from services.delivery.jobs import Perform
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.services.commerce.buying import (
    ScriptedProvider,
    choose,
    created,
    only_order,
    only_payment,
    said,
    work,
)
from web.application import build_application

PROXY = "10.1.2.3"
ADMIN = 1001
KNOCK = "/payments/scripted"


class TellingProvider(ScriptedProvider):
    """Tells of a payment by its own number, from one address only; some of its news prove themselves."""

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        if request.peer != "203.0.113.7":
            raise ForgedNoticeError(request.peer)
        event, _, external_id = request.body.decode().partition(" ")
        if not external_id:
            raise ValueError("no notification")
        facts = None
        if event == "signed":
            facts = PaymentFacts(external_id, PaymentState.SUCCEEDED, Money(1, "RUB"), payment_id=1)
        return Notice(f"{external_id}:{event}", external_id, event, facts=facts)


@pytest.fixture
def env(env: Environment) -> Environment:
    """New payments are made by the scripted provider."""
    return replace(env, pay_ways=(PayWay(ScriptedProvider.name),))


@pytest.fixture
def provider() -> TellingProvider:
    return TellingProvider()


@pytest.fixture
def performers(provider: TellingProvider) -> Mapping[str, Perform]:
    return build_performers({provider.name: provider})


@pytest.fixture
async def client(db: Database, provider: PaymentProvider) -> AsyncIterator[httpx.AsyncClient]:
    """A client behind a proxy whose word is believed."""
    application = build_application(
        db, lambda: True, providers={"scripted": provider}, trusted_proxies=[f"{PROXY}/32"]
    )
    transport = httpx.ASGITransport(application, client=(PROXY, 1))
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem", headers=headers) as opened:
        yield opened


async def test_a_hundred_notices_at_once_are_one_grant(
    db: Database,
    shop: Shop,
    client: httpx.AsyncClient,
    provider: TellingProvider,
    performers: Mapping[str, Perform],
) -> None:
    assert await choose(db, shop)
    await work(db, performers)
    payment = await only_payment(db)
    provider.state = PaymentState.SUCCEEDED
    knocks = [client.post(KNOCK, content=f"paid {payment.external_id}") for _ in range(100)]
    assert {answer.status_code for answer in await asyncio.gather(*knocks)} == {200}
    assert await count_rows(db, provider_events) == 1
    assert (await only_order(db)).status == "open"  # nothing is granted on somebody's word
    await work(db, performers)
    assert (await only_order(db)).status == "paid"
    assert await count_rows(db, accesses) == 1
    assert len(await said(db, "order-paid")) == 1


async def test_a_notice_that_comes_before_the_answer_to_the_call_is_not_lost(
    db: Database, shop: Shop
) -> None:
    assert await choose(db, shop)
    payment = await only_payment(db)
    facts = PaymentFacts("early", PaymentState.SUCCEEDED, Money(payment.amount, payment.currency), payment.id)
    known = {"provider": "scripted", "external_id": "early", "payment_id": None, "facts": None}
    async with db.unit(1) as uow:
        uow.publish(JobFinished(NOTICE, "k", known, ok=True, result={"facts": write_facts(facts)}))
    await created(db, payment.id)
    assert (await only_payment(db)).external_id == "early"
    assert (await only_order(db)).status == "paid"
    assert await count_rows(db, accesses) == 1
    assert await said(db, "order-pay") == []


async def test_another_sum_opens_nothing_and_is_told_once(
    db: Database, shop: Shop, client: httpx.AsyncClient, performers: Mapping[str, Perform]
) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN))
    assert await choose(db, shop)
    await work(db, performers)
    for _ in range(3):
        await client.post(KNOCK, content=f"signed ext-{(await only_payment(db)).id}")
        await work(db, performers)
    assert (await only_order(db)).status == "open"
    assert await count_rows(db, accesses) == 0
    (told,) = await said(db, "payment-differs")
    assert len(told["buttons"]) == 1
    assert len(await said(db, "order-differs")) == 1
    assert told["chat_id"] == ADMIN
    here, there = speech.price(190_000, "RUB"), speech.price(1, "RUB")
    assert told["text"]["v"]["difference"] == speech.words("differs-amount", there=there, here=here)


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        ("203.0.113.7", 200),
        ("203.0.113.7, 198.51.100.1", 403),  # whoever speaks to the proxy may write what they like before it
        ("198.51.100.1, 203.0.113.7, 10.1.2.3", 200),
        ("nonsense", 403),
        ("", 403),
    ],
)
async def test_the_peer_is_the_rightmost_address_that_is_no_trusted_proxy(
    shop: Shop, client: httpx.AsyncClient, forwarded: str, status: int
) -> None:
    answer = await client.post(KNOCK, content="paid x", headers={"X-Forwarded-For": forwarded})
    assert answer.status_code == status


async def test_without_a_trusted_proxy_nobody_is_believed(db: Database, provider: PaymentProvider) -> None:
    application = build_application(db, lambda: True, providers={"scripted": provider})
    transport = httpx.ASGITransport(application, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://tandem") as client:
        answer = await client.post(KNOCK, content="paid x", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [(KNOCK, b"", 400), (KNOCK, b"x" * 1_000_001, 413), ("/payments/gold", b"paid x", 404)],
)
async def test_what_is_no_notification_is_refused_and_kept_nowhere(
    db: Database, shop: Shop, client: httpx.AsyncClient, path: str, content: bytes, status: int
) -> None:
    before = await count_rows(db, jobs)
    assert (await client.post(path, content=content)).status_code == status
    assert (await count_rows(db, provider_events), await count_rows(db, jobs)) == (0, before)


async def test_the_answer_waits_for_no_provider(
    db: Database, shop: Shop, client: httpx.AsyncClient, provider: TellingProvider
) -> None:
    """The provider is asked by a job: while a notification is answered nobody speaks to it."""
    began = time.monotonic()
    for number in range(20):
        assert (await client.post(KNOCK, content=f"paid {number}")).status_code == 200
    print(
        f"20 notices answered in {time.monotonic() - began:.3f} s, the provider asked {len(provider.asked)} times"
    )
    assert provider.asked == []
    assert len(await read_rows(db, provider_events)) == 20
