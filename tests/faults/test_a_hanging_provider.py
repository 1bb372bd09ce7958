"""Providers that answer nothing for a minute: their notifications are taken at once, and the bots answer as ever."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from core.clock import SystemClock
from core.db.models.delivery import jobs
from core.db.session import Database
from core.money import STARS, Money
from payment.base import Buyer, NoticeRequest, PaymentProvider, PaymentRequest, ReceiptItem
from payment.registry import build_provider
from payment.spec import Surroundings
from sandbox.client.client import Chat
from sandbox.providers.registry import STAND_INS
from services.commerce.payments.payments import request_payment
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.jobs import FOR
from services.people.contacts import find_by_telegram_id
from tests.factories import sales
from tests.factories.flows import make_course
from tests.factories.rows import read_rows
from tests.faults.conftest import MakeKernel
from tests.faults.ears import listening
from tests.faults.town import COURSE_ID, SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until
from web.application import build_application

WAITING = 40  # payments that are being made while they hang, of all of them together
NOTICES = 100  # of each
QUESTIONS = 20
NAMES = sorted(STAND_INS)  # those that tell over HTTP
CALLED = [*NAMES, "stars"]


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_nobody_waits_for_providers_that_hang(
    town: Town, beside: Database, make_kernel: MakeKernel, monkeypatch: pytest.MonkeyPatch, db_url: str
) -> None:
    """Every provider at once, each with payments in the making and with notices that are its own."""
    values = {name: STAND_INS[name].settings(town.url) for name in NAMES}
    for name, fields in values.items():
        for field, value in fields.items():
            monkeypatch.setenv(f"{name}_{field}".upper(), value)
    around = Surroundings(beside.clock, _no_telegram, 35.0)
    providers = {name: build_provider(name, values[name], around) for name in NAMES}
    genuine = await _hear_one_of_each(town, providers)
    kernel = make_kernel(town, payment_provider=NAMES[0], payment_providers=",".join(CALLED))
    await kernel.start()
    await kernel.wait_until_ready()
    idle = await _ask(beside, town)
    await town.tg.plan_providers(troubles=[{"kind": "hang", "count": 100_000, "seconds": 60}])
    await town.tg.faults({"kind": "slow", "method": "createInvoiceLink", "delay": 60})
    await _begin_payments(beside, town)
    await until(lambda: _are_hanging(beside), what="payments of all providers are being made")
    door = build_application(beside, lambda: True, lambda: True, "", providers, ())
    notices = {name: await _tell(door, name, genuine[name]) for name in NAMES}
    answers = await _ask(beside, town)
    await kernel.kill()  # it would wait for the providers
    for provider in providers.values():
        await provider.aclose()
    shown = ", ".join(f"{name} {_show(took)}" for name, took in notices.items())
    tell(
        f"{kind_of(db_url)}: {WAITING} payments at {len(CALLED)} providers that hang for 60 s: {NOTICES} notices of each "
        f"answered in: {shown}; the bot's answers {_show(answers)}, before {_show(idle)}"
    )
    for name, took in notices.items():
        assert sorted(took)[int(NOTICES * 0.95)] < 0.2, name
    assert sorted(answers)[int(QUESTIONS * 0.9)] < 1


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


async def _hear_one_of_each(
    town: Town, providers: Mapping[str, PaymentProvider]
) -> Mapping[str, NoticeRequest]:
    """A notification of each provider, signed as it signs, of a payment that was paid on its page."""
    async with listening() as ears, httpx.AsyncClient(follow_redirects=True, timeout=120) as outside:
        await town.tg.plan_providers(notify=ears.addresses(providers))
        for number, (name, provider) in enumerate(providers.items(), start=700_001):
            money, items = Money(190_000, "RUB"), (ReceiptItem("Course", 190_000),)
            buyer = Buyer(1001, email="anna@example.org")
            now, back = SystemClock().real_now(), "https://t.me/shop_bot"
            wish = PaymentRequest(number, f"T{number}", money, "Course", buyer, items, now, return_url=back)
            made = await provider.create_payment(wish)
            shown = await outside.get(made.url)
            (await outside.post(shown.url, data={"do": "pay"})).raise_for_status()
            await until(lambda name=name: name in dict(ears.told), what=f"{name} tells")
        return dict(ears.told)


async def _begin_payments(db: Database, town: Town) -> None:
    async with db.unit(1) as uow:
        course = await publish_flow(uow, make_course())
        tariff = await sales.add_tariff(uow, course.flow_id, "basic")
        await deploy_flow(uow, course.flow_id, COURSE_ID)
    for number, user_id in enumerate(await settle_people(db, town, WAITING)):
        async with db.unit(1) as uow:
            buyer = await find_by_telegram_id(uow, user_id)
            assert buyer is not None
            about = {"public_id": f"HANG{number}", "bot_id": SALES_ID}
            order_id = await sales.add_order(uow, buyer, tariff, **about)
            name = CALLED[number % len(CALLED)]
            money = {"currency": STARS, "amount": 1050} if name == "stars" else {}
            made = {"provider": name, "made_at": uow.real_now, **money}
            await request_payment(uow, await sales.add_payment(uow, order_id, **made))


async def _are_hanging(db: Database) -> bool:
    running = {row.kind.partition(FOR)[2] for row in await read_rows(db, jobs, state="running")}
    return running >= set(CALLED)


async def _tell(door: Any, name: str, notice: NoticeRequest) -> list[float]:
    """Seconds until each notification was answered."""
    took = []
    transport = httpx.ASGITransport(door, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for _ in range(NOTICES):
            began = time.monotonic()
            answer = await client.post(f"/payments/{name}", content=notice.body, headers=dict(notice.headers))
            took.append(time.monotonic() - began)
            assert answer.status_code == 200, (name, answer.text)
    return took


async def _ask(db: Database, town: Town) -> list[float]:
    """Seconds until each of several people has the bot's answer."""
    took = []
    for user_id in await settle_people(db, town, QUESTIONS):
        chat = (await town.tg.find_person(user_id)).chat("sales_bot")
        before, began = len(await chat.messages()), time.monotonic()
        await chat.send("/subscription")
        await until(lambda chat=chat, known=before: _has_answer(chat, known), what="the bot's answer")
        took.append(time.monotonic() - began)
    return took


async def _has_answer(chat: Chat, known: int) -> bool:
    return len(await chat.messages()) >= known + 2


def _show(took: Sequence[float]) -> str:
    order = sorted(took)
    return f"{order[len(order) // 2] * 1000:.0f} ms (95 %: {order[int(len(order) * 0.95)] * 1000:.0f} ms)"
