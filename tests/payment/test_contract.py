"""What every provider with a stand-in keeps to, over real HTTP: one payment, told and found alike, forgeries refused."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from aiohttp import web
from typing_extensions import override

from core.clock import SystemClock
from core.money import Money
from payment.base import (
    Ability,
    Buyer,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    ReceiptItem,
    RefundRequest,
    RefundState,
    RefusedError,
    UnavailableError,
    UnknownOutcomeError,
)
from payment.registry import build_provider
from payment.spec import Surroundings
from sandbox.providers.registry import STAND_INS

FORGERIES = 200
HOUR = timedelta(hours=1)  # by which the books look further than the clock says
# Payments of this run: a shop takes several from where it begins, and the stand-in knows every one it has seen.
NUMBERS = count(int.from_bytes(random.randbytes(3)) * 100 + 1, 100)
WRONG = {
    "stripe": {"secret_key": "sk_test_another"},
    "robokassa": {"password2": "another"},
}  # YooKassa's stand-in takes any key unless it is told one, see its own test; of Prodamus' key only a payment tells


@dataclass
class Shop:
    """One provider at its stand-in, and what it has told."""

    provider: PaymentProvider
    url: str
    told: list[NoticeRequest]
    came: asyncio.Event

    async def plan(self, *troubles: dict[str, Any], **more: Any) -> None:
        """Plan trouble for the next requests."""
        async with httpx.AsyncClient() as client:
            wish = {"troubles": list(troubles)} | more
            (await client.post(f"{self.url}/sandbox/providers", json=wish)).raise_for_status()

    async def press(self, page: str, wish: str) -> str:
        """Somebody presses a button of the pay page."""
        async with httpx.AsyncClient(follow_redirects=True) as client:
            shown = await client.get(page)
            answer = await client.post(shown.url, data={"do": wish})
            return answer.raise_for_status().text

    def read(self) -> Notice:
        """What it has told last."""
        notice = self.provider.read_notice(self.told[-1])
        assert notice is not None
        return notice

    async def look(self, request: PaymentRequest, external_id: str) -> PaymentFacts:
        """How the payment stands, by what the provider tells or by asking."""
        if self.told and (facts := self.read().facts):
            return facts
        if external_id or self.told:
            return await self.provider.get_payment(external_id or self.read().external_id)
        found = await self.provider.find_payment(request)
        assert found is not None
        return found


@pytest.fixture(params=sorted(STAND_INS))
async def shop(request: pytest.FixtureRequest, sandbox_for_all: str) -> AsyncIterator[Shop]:
    """Each provider in turn; what it tells is kept."""
    values = STAND_INS[request.param].settings(sandbox_for_all)
    around = Surroundings(SystemClock(), _no_telegram, 2.0)
    told: list[NoticeRequest] = []
    came = asyncio.Event()

    async def hear(heard: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in heard.headers.items()}
        told.append(NoticeRequest(headers, await heard.read(), heard.remote or ""))
        came.set()
        return web.Response(text="OK")

    app = web.Application()
    app.router.add_post("/hear", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one = Shop(build_provider(request.param, values, around), sandbox_for_all, told, came)
    await one.plan(notify={request.param: f"http://127.0.0.1:{runner.addresses[0][1]}/hear"})
    yield one
    await one.plan()
    await one.provider.aclose()
    await runner.cleanup()


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture
def wish() -> PaymentRequest:
    """A payment that no other test has."""
    number = next(NUMBERS)
    money = Money(190_010, "RUB")
    item = ReceiptItem("Курс «Ясные слова» / месяц 🎓", money.amount)
    return PaymentRequest(
        number,
        f"T{number}",
        money,
        f"Курс «Ясные слова» / месяц 🎓 (T{number})",
        Buyer(1001, email="anna@example.org"),
        (item,),
        SystemClock().real_now(),
        return_url="https://t.me/shop_bot",
    )


@pytest.mark.parametrize(
    ("press", "state"), [("pay", PaymentState.SUCCEEDED), ("decline", PaymentState.CANCELLED)]
)
async def test_what_was_pressed_is_known_to_the_kopek(
    shop: Shop, wish: PaymentRequest, press: str, state: PaymentState
) -> None:
    made = await shop.provider.create_payment(wish)
    assert (made.state, made.amount) == (PaymentState.PENDING, wish.amount)
    await shop.press(made.url, press)
    facts = await shop.look(wish, made.external_id)
    assert (facts.state, facts.amount, facts.payment_id, facts.is_test) == (
        state,
        wish.amount,
        wish.payment_id,
        False,
    )
    assert facts.order in {"", wish.order}
    if shop.told:
        notice = shop.read()
        assert notice.payment_id in {None, wish.payment_id}
        assert shop.provider.answer_notice(notice)


async def test_later_is_not_paid_and_a_slow_bank_pays_in_the_end(shop: Shop, wish: PaymentRequest) -> None:
    made = await shop.provider.create_payment(wish)
    await shop.press(made.url, "later")
    assert not shop.told
    await shop.plan(slow_seconds=0.05)
    await shop.press(made.url, "slow")
    async with asyncio.timeout(180):
        await shop.came.wait()
    assert (await shop.look(wish, made.external_id)).state is PaymentState.SUCCEEDED


async def test_asked_for_twice_it_is_one_payment(shop: Shop, wish: PaymentRequest) -> None:
    first, again = await shop.provider.create_payment(wish), await shop.provider.create_payment(wish)
    assert (first.external_id, first.url) == (again.external_id, again.url)
    other = await shop.provider.create_payment(replace(wish, payment_id=next(NUMBERS)))
    assert other.url != first.url


async def test_a_lost_answer_leaves_one_payment_that_is_found(shop: Shop, wish: PaymentRequest) -> None:
    await shop.plan({"kind": "broken_after"})
    try:
        made = await shop.provider.create_payment(wish)
    except (UnknownOutcomeError, UnavailableError):
        made = await shop.provider.create_payment(wish)
    await shop.press(made.url, "pay")
    assert (await shop.look(wish, made.external_id)).payment_id == wish.payment_id
    if Ability.FIND in shop.provider.abilities:
        found = await shop.provider.find_payment(wish)
        assert found is not None
        assert found.state is PaymentState.SUCCEEDED


class Apart(SystemClock):
    """Our clock, which goes so many minutes before the provider's."""

    def __init__(self, minutes: int) -> None:
        super().__init__()
        self._by = timedelta(minutes=minutes)

    @override
    def real_now(self) -> datetime:
        return super().real_now() + self._by


@pytest.mark.parametrize("minutes", [-8, 8])
async def test_with_clocks_that_are_apart_a_lost_payment_is_found(
    shop: Shop, wish: PaymentRequest, minutes: int
) -> None:
    if Ability.FIND not in shop.provider.abilities:
        pytest.skip("nobody can be asked")
    values, clock = STAND_INS[shop.provider.name].settings(shop.url), Apart(minutes)
    ours = build_provider(shop.provider.name, values, Surroundings(clock, _no_telegram, 2.0))
    wish = replace(wish, made_at=clock.real_now())
    await shop.press((await ours.create_payment(wish)).url, "pay")
    found = await ours.find_payment(wish)
    listed = Ability.LIST not in ours.abilities or await ours.list_payments(
        wish.made_at - HOUR, clock.real_now() + HOUR
    )
    await ours.aclose()
    assert found is not None
    assert (found.state, found.payment_id) == (PaymentState.SUCCEEDED, wish.payment_id)
    assert listed is True or wish.payment_id in [one.payment_id for one in listed]


async def test_nobody_there_is_no_refusal(shop: Shop, wish: PaymentRequest) -> None:
    """Whoever cannot be reached has not said no; a link is made without anybody."""
    values = STAND_INS[shop.provider.name].settings("http://127.0.0.1:1")
    lost = build_provider(shop.provider.name, values, Surroundings(SystemClock(), _no_telegram, 2.0))
    try:
        made = await lost.create_payment(wish)
    except (UnavailableError, UnknownOutcomeError):
        made = None
    await lost.aclose()
    assert made is None or (made.state is PaymentState.PENDING and made.url)


async def test_the_list_of_a_period_holds_what_was_paid(shop: Shop, wish: PaymentRequest) -> None:
    if Ability.LIST not in shop.provider.abilities:
        pytest.skip("it gives no list")
    made = await shop.provider.create_payment(wish)
    await shop.press(made.url, "pay")
    clock = SystemClock()
    listed = await shop.provider.list_payments(wish.made_at, clock.real_now())  # perhaps of one second
    assert [one.state for one in listed if one.payment_id == wish.payment_id] == [PaymentState.SUCCEEDED]


async def test_money_goes_back_once_and_never_more_than_was_paid(shop: Shop, wish: PaymentRequest) -> None:
    if Ability.REFUND not in shop.provider.abilities:
        pytest.skip("it gives nothing back by itself")
    made = await shop.provider.create_payment(wish)
    await shop.press(made.url, "pay")
    number = (await shop.look(wish, made.external_id)).external_id
    back = RefundRequest(
        next(NUMBERS), wish.order, number, wish.amount, True, wish.buyer, wish.items, SystemClock().real_now()
    )
    first, again = await shop.provider.refund_payment(back), await shop.provider.refund_payment(back)
    if first.state is RefundState.PENDING:
        first = await shop.provider.get_refund(first.external_id)
    assert (first.state, first.amount) == (RefundState.SUCCEEDED, wish.amount)
    assert again.state is RefundState.SUCCEEDED
    assert (await shop.provider.get_payment(number)).refunded == wish.amount.amount
    with pytest.raises(RefusedError):
        await shop.provider.refund_payment(
            replace(back, refund_id=next(NUMBERS), amount=Money(1, "RUB"), is_whole=False)
        )


async def test_two_hundred_forgeries_are_nothing_and_the_genuine_one_passes(
    shop: Shop, wish: PaymentRequest
) -> None:
    made = await shop.provider.create_payment(wish)
    await shop.press(made.url, "pay")
    genuine, chance = shop.told[-1], random.Random(7)
    key = shop.read().key
    believed = 0
    for _ in range(FORGERIES):
        try:
            notice = shop.provider.read_notice(_forge(genuine, chance))
        except (ForgedNoticeError, ValueError, KeyError, TypeError, AttributeError):
            continue
        # Whose notices are hints alone asks the provider, and never believes a forger.
        believed += notice is not None and notice.facts is not None and notice.key != key
    assert believed == 0
    assert shop.read().key == key


def _forge(genuine: NoticeRequest, chance: random.Random) -> NoticeRequest:
    """A notification with a letter changed, from elsewhere, without what proves it, or cut off."""
    body, headers, peer = bytearray(genuine.body), dict(genuine.headers), genuine.peer
    how = chance.randrange(4)
    if how == 0:
        peer = "198.51.100.7"
        headers = {name: value for name, value in headers.items() if "sign" not in name}
    elif how == 1:
        headers = {name: value[::-1] if "sign" in name else value for name, value in headers.items()}
    elif how == 2:
        del body[chance.randrange(len(body)) :]
    for _ in range(1 if how else 0):
        place = chance.randrange(max(len(body), 1))
        body[place : place + 1] = bytes([chance.randrange(48, 58)])
    return NoticeRequest(headers, bytes(body), peer)


async def test_wrong_credentials_are_said_by_the_doctor(shop: Shop) -> None:
    facts = await shop.provider.check_account()
    assert facts.title
    name = shop.provider.name
    if name not in WRONG:
        return
    values = {**STAND_INS[name].settings(shop.url), **WRONG[name]}
    other = build_provider(name, values, Surroundings(SystemClock(), _no_telegram, 2.0))
    try:
        problems = set((await other.check_account()).problems) - set(facts.problems)
    except RefusedError as error:
        problems = {str(error)}
    await other.aclose()
    assert problems
