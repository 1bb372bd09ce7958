"""A provider that answers nothing for a minute: its notifications are taken at once, and the bots answer as ever."""

import time
from collections.abc import Sequence

import httpx
import pytest

from core.db.models.delivery import jobs
from core.db.session import Database
from payment.registry import build_provider
from payment.spec import Surroundings
from sandbox.client.client import Chat
from sandbox.providers.registry import STAND_INS
from services.commerce.payments.payments import request_payment
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.people.contacts import find_by_telegram_id
from tests.factories import sales
from tests.factories.flows import make_course
from tests.factories.rows import count_rows
from tests.faults.conftest import MakeKernel
from tests.faults.test_a_thousand_payments import _no_telegram
from tests.faults.town import COURSE_ID, SALES_ID, Town, settle_people
from tests.faults.waiting import kind_of, tell, until
from web.application import build_application

WAITING = 40  # payments that are being made while it hangs
NOTICES = 200
QUESTIONS = 20
NAME = "yookassa"


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_nobody_waits_for_a_provider_that_hangs(
    town: Town, beside: Database, make_kernel: MakeKernel, monkeypatch: pytest.MonkeyPatch, db_url: str
) -> None:
    values = STAND_INS[NAME].settings(town.url)
    for field, value in values.items():
        monkeypatch.setenv(f"{NAME}_{field}".upper(), value)
    kernel = make_kernel(town, payment_provider=NAME)
    await kernel.start()
    await kernel.wait_until_ready()
    idle = await _ask(beside, town)
    await town.tg.plan_providers(troubles=[{"kind": "hang", "count": 10_000, "seconds": 60}])
    await _begin_payments(beside, town)
    await until(lambda: _is_hanging(beside), what="payments are being made")
    provider = build_provider(NAME, values, Surroundings(beside.clock, _no_telegram, 35.0))
    notices = await _tell(build_application(beside, lambda: True, lambda: True, "", {NAME: provider}, ()))
    answers = await _ask(beside, town)
    await kernel.kill()  # it would wait for the provider
    await provider.aclose()
    tell(
        f"{kind_of(db_url)}: {WAITING} payments at a provider that hangs for 60 s: {NOTICES} notices answered in "
        f"{_show(notices)}; the bot's answers {_show(answers)}, before {_show(idle)}"
    )
    assert sorted(notices)[int(NOTICES * 0.95)] < 0.2
    assert sorted(answers)[int(QUESTIONS * 0.9)] < 1


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
            payment_id = await sales.add_payment(uow, order_id, provider=NAME, made_at=uow.real_now)
            await request_payment(uow, payment_id)


async def _is_hanging(db: Database) -> bool:
    return await count_rows(db, jobs, state="running") > 0


async def _tell(door: object) -> list[float]:
    """Seconds until each notification was answered."""
    took = []
    transport = httpx.ASGITransport(door, client=("127.0.0.1", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for number in range(NOTICES):
            payment = {"id": f"2c{number:034}", "status": "succeeded"}
            body = {"type": "notification", "event": "payment.succeeded", "object": payment}
            began = time.monotonic()
            answer = await client.post(f"/payments/{NAME}", json=body)
            took.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text
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
