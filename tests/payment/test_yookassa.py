"""YooKassa against its stand-in over real HTTP: the same payment once, whatever the answers do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.clock import SystemClock
from core.money import Money
from payment.base import (
    Advice,
    Buyer,
    ForgedNoticeError,
    NoticeRequest,
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
from payment.yookassa.mapping import read_payment

pytest_plugins = ["sandbox.pytest_plugin"]
THEIRS = "77.75.153.7"
PAGE_PATH = "/pay/yookassa/"


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture
async def shop(sandbox_for_all: str, clock: SystemClock) -> AsyncIterator[PaymentProvider]:
    """A shop at the stand-in, whose planned trouble is gone afterwards."""
    values = {"shop_id": "1", "secret_key": "test_key", "api_url": f"{sandbox_for_all}/yookassa/v3"}
    provider = build_provider("yookassa", values, Surroundings(clock, _no_telegram, 5.0))
    yield provider
    await provider.aclose()
    await plan(sandbox_for_all)


@pytest.fixture
def clock() -> SystemClock:
    """The stand-in's own time."""
    return SystemClock()


async def plan(url: str, **trouble: Any) -> None:
    async with httpx.AsyncClient() as client:
        troubles = [trouble] if trouble else []
        (await client.post(f"{url}/sandbox/providers", json={"troubles": troubles})).raise_for_status()


async def press(url: str, wish: str) -> None:
    """Somebody presses a button of the pay page."""
    async with httpx.AsyncClient() as client:
        (await client.post(url, data={"do": wish})).raise_for_status()


@pytest.fixture
def request_(clock: SystemClock, request: pytest.FixtureRequest) -> PaymentRequest:
    """A payment of an order that no other test has."""
    order = f"T{abs(hash(request.node.nodeid)) % 10**9}"
    return PaymentRequest(
        payment_id=41,
        order=order,
        amount=Money(190_010, "RUB"),
        description=f"Курс «Ясные слова» ({order})",
        buyer=Buyer(1001),
        items=(ReceiptItem("Курс", 190_010),),
        made_at=clock.real_now(),
        return_url="https://t.me/shop_bot",
    )


async def test_a_payment_is_made_paid_and_known_to_the_kopek(
    shop: PaymentProvider, request_: PaymentRequest
) -> None:
    made = await shop.create_payment(request_)
    assert (made.state, made.amount, made.payment_id, made.order) == (
        PaymentState.PENDING,
        request_.amount,
        41,
        request_.order,
    )
    assert PAGE_PATH in made.url
    await press(made.url, "pay")
    paid = await shop.get_payment(made.external_id)
    assert (paid.state, paid.amount) == (PaymentState.SUCCEEDED, request_.amount)


async def test_the_same_request_again_is_the_same_payment(
    shop: PaymentProvider, request_: PaymentRequest
) -> None:
    first = await shop.create_payment(request_)
    assert (await shop.create_payment(request_)).external_id == first.external_id
    other = replace(request_, payment_id=42)
    assert (await shop.create_payment(other)).external_id != first.external_id


@pytest.mark.parametrize(
    ("kind", "error"),
    [("broken_after", UnknownOutcomeError), ("broken", UnknownOutcomeError), ("refuse", RefusedError)],
)
async def test_a_failed_call_says_whether_anybody_knows_what_happened(
    shop: PaymentProvider, request_: PaymentRequest, sandbox_for_all: str, kind: str, error: type[Exception]
) -> None:
    await plan(sandbox_for_all, kind=kind, path="/payments")
    with pytest.raises(error):
        await shop.create_payment(request_)
    again = await shop.create_payment(request_)
    found = await shop.find_payment(request_)
    assert found is not None
    assert found.external_id == again.external_id


async def test_no_answer_is_an_unknown_outcome_and_a_question_is_asked_again(
    sandbox_for_all: str, clock: SystemClock, request_: PaymentRequest
) -> None:
    values = {"shop_id": "1", "secret_key": "k", "api_url": f"{sandbox_for_all}/yookassa/v3"}
    hasty = build_provider("yookassa", values, Surroundings(clock, _no_telegram, 0.5))
    await plan(sandbox_for_all, kind="hang", path="/payments", seconds=3)
    with pytest.raises(UnknownOutcomeError):
        await hasty.create_payment(request_)
    await plan(sandbox_for_all, kind="hang", path="/payments", seconds=3)
    with pytest.raises(UnavailableError):
        await hasty.list_payments(clock.real_now(), clock.real_now())
    await hasty.aclose()
    await plan(sandbox_for_all)


async def test_nobody_there_means_that_nothing_happened(clock: SystemClock, request_: PaymentRequest) -> None:
    values = {"shop_id": "1", "secret_key": "k", "api_url": "http://127.0.0.1:1/v3"}
    lost = build_provider("yookassa", values, Surroundings(clock, _no_telegram, 2.0))
    with pytest.raises(UnavailableError):
        await lost.create_payment(request_)
    await lost.aclose()


async def test_a_declined_payment_says_what_helps(shop: PaymentProvider, request_: PaymentRequest) -> None:
    made = await shop.create_payment(request_)
    await press(made.url, "decline")
    known = await shop.get_payment(made.external_id)
    assert (known.state, known.reason, known.advice) == (
        PaymentState.CANCELLED,
        "insufficient_funds",
        Advice.TRY_LATER,
    )


async def test_after_a_day_a_payment_is_looked_for_instead_of_made_anew(
    shop: PaymentProvider, request_: PaymentRequest, clock: SystemClock
) -> None:
    late = replace(request_, made_at=clock.real_now() - timedelta(hours=25))
    with pytest.raises(RefusedError, match="too old"):
        await shop.create_payment(late)
    made = await shop.create_payment(request_)
    assert (await shop.create_payment(late)).external_id == made.external_id


async def test_money_goes_back_in_part_once_and_never_more_than_was_paid(
    shop: PaymentProvider, request_: PaymentRequest, clock: SystemClock
) -> None:
    made = await shop.create_payment(request_)
    await press(made.url, "pay")
    back = RefundRequest(
        7,
        request_.order,
        made.external_id,
        Money(100_010, "RUB"),
        False,
        request_.buyer,
        (),
        clock.real_now(),
    )
    first, again = await shop.refund_payment(back), await shop.refund_payment(back)
    assert (first.state, first.amount, first.external_id) == (
        RefundState.SUCCEEDED,
        back.amount,
        again.external_id,
    )
    assert (await shop.get_payment(made.external_id)).refunded == 100_010
    with pytest.raises(RefusedError):
        await shop.refund_payment(replace(back, refund_id=8))


async def test_a_receipt_needs_a_contact_and_holds_every_kopek(
    sandbox_for_all: str, clock: SystemClock, request_: PaymentRequest
) -> None:
    values = {"shop_id": "1", "secret_key": "k", "api_url": f"{sandbox_for_all}/yookassa/v3"}
    shop = build_provider("yookassa", values | {"receipt": "email"}, Surroundings(clock, _no_telegram, 5.0))
    with pytest.raises(RefusedError, match="contact"):
        await shop.create_payment(request_)
    made = await shop.create_payment(replace(request_, buyer=Buyer(1001, email="buyer@example.org")))
    async with httpx.AsyncClient() as client:
        desk = (await client.get(f"{sandbox_for_all}/sandbox/providers")).json()
    (deal,) = [one for one in desk["deals"] if one["id"] == made.external_id]
    receipt = deal["more"]["receipt"]
    assert receipt["customer"] == {"email": "buyer@example.org"}
    assert receipt["items"][0]["amount"] == {"value": "1900.10", "currency": "RUB"}
    await shop.aclose()


async def test_wrong_credentials_are_refused_in_the_doctors_words(
    sandbox_for_all: str, clock: SystemClock
) -> None:
    async with httpx.AsyncClient() as client:
        await client.post(f"{sandbox_for_all}/sandbox/providers", json={"accounts": {"77": "right"}})
    values = {"shop_id": "77", "secret_key": "wrong", "api_url": f"{sandbox_for_all}/yookassa/v3"}
    shop = build_provider("yookassa", values, Surroundings(clock, _no_telegram, 5.0))
    with pytest.raises(RefusedError, match="invalid_credentials"):
        await shop.check_account()
    await shop.aclose()


@pytest.mark.parametrize("peer", ["77.75.153.7", "185.71.76.1", "2a02:5180:0:1509::1"])
def test_notices_of_its_networks_are_hints(shop: PaymentProvider, peer: str) -> None:
    body = b'{"type":"notification","event":"payment.succeeded","object":{"id":"2-1","status":"succeeded"}}'
    notice = shop.read_notice(NoticeRequest({}, body, peer))
    assert notice is not None
    assert (notice.key, notice.external_id, notice.facts) == ("2-1:payment.succeeded", "2-1", None)


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.1", "77.75.152.1", "", "nonsense", "::1"])
def test_notices_from_elsewhere_are_forged(shop: PaymentProvider, peer: str) -> None:
    with pytest.raises(ForgedNoticeError):
        shop.read_notice(NoticeRequest({}, b"{}", peer))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"type":"notification"}',
        b'{"type":"x","event":"y","object":{}}',
        b"[" * 9999,
        *(
            b'{"type":"notification","event":"%b","object":{"id":"%b","status":"succeeded"}}' % one
            for one in (
                (b"payment.succeeded", b"2-\\ud800"),
                (b"payment.succeeded", b"2-\\u0000"),
                (b"payment.succeeded", b"2" * 200),
                (b"payment." + b"x" * 99, b"2-1"),
            )
        ),
    ],
)
def test_what_is_no_notification_is_said_so(shop: PaymentProvider, body: bytes) -> None:
    with pytest.raises(ValueError, match="no notification"):
        shop.read_notice(NoticeRequest({}, body, THEIRS))


@pytest.mark.parametrize("is_taken", [True, False])
async def test_in_two_stages_money_is_set_aside_until_it_is_taken_or_let_go(
    sandbox_for_all: str, clock: SystemClock, request_: PaymentRequest, is_taken: bool
) -> None:
    values = {"shop_id": "1", "secret_key": "test_key", "capture": "manual"}
    values["api_url"] = f"{sandbox_for_all}/yookassa/v3"
    shop = build_provider("yookassa", values, Surroundings(clock, _no_telegram, 5.0))
    made = await shop.create_payment(request_)
    await press(made.url, "pay")
    held = await shop.get_payment(made.external_id)
    assert held.state is PaymentState.HELD
    assert held.held_until is not None
    assert timedelta(days=6) < held.held_until - clock.real_now() <= timedelta(days=7)
    if is_taken:
        ended = await shop.capture_payment(made.external_id, request_.amount)
    else:
        ended = await shop.cancel_payment(made.external_id)
    assert ended.state is (PaymentState.SUCCEEDED if is_taken else PaymentState.CANCELLED)
    assert ended.held_until is None
    with pytest.raises(RefusedError):
        await shop.capture_payment(made.external_id, request_.amount)
    await shop.aclose()


@pytest.mark.parametrize(
    ("method", "title"),
    [
        ({"card": {"last4": "4242", "card_type": "Visa"}, "title": "Bank card *4242"}, "Visa *4242"),
        ({"title": "Bank card *4444"}, "*4444"),
        ({"title": "SberPay"}, "SberPay"),
        ({}, ""),
    ],
)
def test_a_card_is_called_so_that_people_of_any_language_know_it(method: dict[str, Any], title: str) -> None:
    body = {"id": "x", "status": "succeeded", "amount": {"value": "1.00", "currency": "RUB"}}
    assert read_payment({**body, "payment_method": method}).method_title == title


async def test_a_saved_card_that_has_no_money_is_charged_later(
    shop: PaymentProvider, request_: PaymentRequest, sandbox_for_all: str
) -> None:
    await plan(sandbox_for_all, kind="decline", path="/payments")
    charge = replace(request_, method="pm-1")
    declined = await shop.create_payment(charge)
    assert (declined.state, declined.advice) == (PaymentState.CANCELLED, Advice.TRY_LATER)
    again = await shop.create_payment(replace(charge, payment_id=43))
    assert again.state is PaymentState.SUCCEEDED
