"""Prodamus: signatures equal to PHP's, notices in every form they come in."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from core.clock import SystemClock
from core.money import Money
from payment.base import (
    Buyer,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentProvider,
    PaymentState,
    ProviderError,
)
from payment.prodamus.php_form import read_fields, write_fields
from payment.prodamus.provider import read_form
from payment.prodamus.signing import is_signed, sign
from payment.registry import build_provider
from payment.spec import Surroundings
from sandbox.providers.registry import STAND_INS
from tests.fakes.clock import StillClock

KEY = "secret"
# Signatures of PHP 8.2's own ksort, json_encode and hash_hmac.
VECTORS = {
    "b=2&a=1&products[0][name]=Курс «Ясные слова» / месяц&products[0][price]=1900.00": (
        "684d8605ac242f1cc425ed86faf000bacf053f647a09b17922aea4ae802ea409"
    ),
    "a[2]=x&a[10]=y&a[1]=z&Z=1&_p=2": "4fe63e6853bef18abc591582e59108ba86de29bbfb533b8fbb0ae5c6aee04a5a",
}
PAID = {
    "date": "2026-11-30T12:00:00+03:00",
    "order_id": "9001",
    "order_num": "41",
    "sum": "1900.00",
    "currency": "rub",
    "customer_phone": "+79991234567",
    "payment_type": "Пластиковая карта Visa, MasterCard, МИР",
    "commission_sum": "66.50",
    "attempt": "1",
    "products[0][name]": "Курс / месяц 🎓",
    "products[0][price]": "1900.00",
    "payment_status": "success",
    "_param_order": "ABC234",
}


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture
def shop(clock: StillClock) -> PaymentProvider:
    values = {"url": "https://school.payform.ru", "secret_key": KEY}
    return build_provider("prodamus", values, Surroundings(clock, _no_telegram, 5.0))


def tell(
    shop: PaymentProvider, fields: dict[str, str], *, key: str = KEY, multipart: bool = False
) -> Notice | None:
    """What the provider reads of a notification with these fields, signed with `key`."""
    signature = sign(read_fields(fields.items()), key)
    if not multipart:
        headers = {"content-type": "application/x-www-form-urlencoded", "sign": signature}
        return shop.read_notice(NoticeRequest(headers, urlencode(fields).encode()))
    parts = "".join(
        f'--X1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    headers = {"content-type": "multipart/form-data; boundary=X1", "sign": signature.upper()}
    return shop.read_notice(NoticeRequest(headers, f"{parts}--X1--\r\n".encode()))


@pytest.mark.parametrize("query", VECTORS)
def test_a_signature_is_phps(query: str) -> None:
    form = read_fields(parse_qsl(query))
    assert sign(form, KEY) == VECTORS[query]
    assert is_signed({**form, "signature": "x", "Sign": "y"}, KEY, VECTORS[query].upper())


@pytest.mark.parametrize("signature", ["", "0" * 64, "ы" * 64, "x"])
def test_any_other_signature_is_none(signature: str) -> None:
    assert not is_signed({"a": "1"}, KEY, signature)


def test_a_form_is_read_as_php_reads_it_and_written_back() -> None:
    form = read_fields([("a[]", "1"), ("a[]", "2"), ("a[x][y]", "3"), ("b", "4"), ("b", "5")])
    assert form == {"a": {0: "1", 1: "2", "x": {"y": "3"}}, "b": "5"}
    assert read_fields(write_fields(form)) == form


@pytest.mark.parametrize("fields", [[("a" + "[b]" * 20, "1")], [(f"f{n}", "1") for n in range(1001)]])
def test_what_php_would_not_take_is_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="too many"):
        read_fields(fields)


@pytest.mark.parametrize("multipart", [False, True])
def test_a_paid_order_comes_with_all_that_can_be_compared(shop: PaymentProvider, multipart: bool) -> None:
    notice = tell(shop, PAID, multipart=multipart)
    assert notice is not None
    assert notice.facts is not None
    assert (notice.key, notice.payment_id) == ("9001:success", 41)
    facts = notice.facts
    assert (facts.state, facts.amount, facts.payment_id, facts.order, facts.fee, facts.is_test) == (
        PaymentState.SUCCEEDED,
        Money(190_000, "RUB"),
        41,
        "ABC234",
        6_650,
        False,
    )


def test_the_same_news_with_another_attempt_has_the_same_key(shop: PaymentProvider) -> None:
    first, again = tell(shop, PAID), tell(shop, PAID | {"attempt": "2", "payment_status": "Success"})
    assert first is not None
    assert again is not None
    assert first.key == again.key


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"payment_status": "order_canceled"}, PaymentState.CANCELLED),
        ({"payment_status": "order_denied"}, PaymentState.CANCELLED),
        ({"error_code": "insufficient_funds", "last_attempt": "no"}, PaymentState.CANCELLED),
    ],
)
def test_what_is_no_payment_grants_nothing(
    shop: PaymentProvider, more: dict[str, str], state: PaymentState
) -> None:
    notice = tell(shop, PAID | more)
    assert notice is not None
    assert notice.facts is not None
    assert notice.facts.state is state


@pytest.mark.parametrize("status", ["refund", "Refunded", "order_refund", "ORDER_REFUNDED"])
def test_money_that_went_back_in_the_cabinet_is_a_refund_of_all(shop: PaymentProvider, status: str) -> None:
    facts = tell(shop, PAID | {"payment_status": status}).facts
    assert facts is not None
    assert (facts.state, facts.refunded) == (PaymentState.SUCCEEDED, facts.amount.amount)


def test_a_status_nobody_knows_is_kept_and_says_nothing(shop: PaymentProvider) -> None:
    notice = tell(shop, PAID | {"payment_status": "order_refunded_maybe"})
    assert notice is not None
    assert notice.facts is None


def test_a_test_payment_says_so(shop: PaymentProvider) -> None:
    notice = tell(shop, PAID | {"is_test": "1"})
    assert notice is not None
    assert notice.facts is not None
    assert notice.facts.is_test


@pytest.mark.parametrize("key", ["other", "secretdemo", "secret ", ""])
def test_another_key_is_a_forgery_the_demo_modes_too(shop: PaymentProvider, key: str) -> None:
    with pytest.raises(ForgedNoticeError):
        tell(shop, PAID, key=key)


def test_a_changed_sum_is_a_forgery(shop: PaymentProvider) -> None:
    signature = sign(read_fields(PAID.items()), KEY)
    headers = {"content-type": "application/x-www-form-urlencoded", "sign": signature}
    with pytest.raises(ForgedNoticeError):
        shop.read_notice(NoticeRequest(headers, urlencode(PAID | {"sum": "1.00"}).encode()))


def test_what_is_no_form_is_empty() -> None:
    assert read_form("multipart/form-data; boundary=X", b"nothing") == {}
    assert read_form("application/json", b'{"a": 1}') == {}


async def test_a_subscription_is_switched_off_by_a_call_that_is_signed(sandbox_for_all: str) -> None:
    values = STAND_INS["prodamus"].settings(sandbox_for_all)
    around = Surroundings(SystemClock(), _no_telegram, 5.0)
    ours, foreign = (
        build_provider("prodamus", {**values, **key}, around) for key in ({}, {"secret_key": "another"})
    )
    await ours.stop_renewal("77:profile-1", Buyer(1001))
    with pytest.raises(ProviderError):
        await foreign.stop_renewal("77:profile-1", Buyer(1001))
    for provider in (ours, foreign):
        await provider.aclose()
