"""Robokassa: what is its own; what all providers keep to is in test_contract.py."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest

from core.clock import SystemClock
from core.money import Money
from payment.base import (
    Buyer,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentProvider,
    PaymentRequest,
    ReceiptItem,
)
from payment.registry import build_provider
from payment.robokassa.signing import sign, write_token
from payment.spec import Surroundings

VALUES = {"login": "shop", "password1": "one", "password2": "two", "tax": "none", "sno": "usn_income"}


async def _no_telegram(method: str, fields: Any) -> Any:
    raise AssertionError(method)


@pytest.fixture
def shop() -> PaymentProvider:
    return build_provider("robokassa", VALUES, Surroundings(SystemClock(), _no_telegram, 2.0))


async def test_a_link_is_signed_with_its_receipt_and_our_fields(shop: PaymentProvider) -> None:
    now, item = SystemClock().real_now(), ReceiptItem("Курс / месяц", 190_010)
    request = PaymentRequest(
        41, "ABC234", Money(190_010, "RUB"), "Курс 🎓 " + "х" * 200, Buyer(1), (item,), now
    )
    query = {
        name: one[0]
        for name, one in parse_qs(urlsplit((await shop.create_payment(request)).url).query).items()
    }
    parts = ["shop", "1900.10", "41", query["Receipt"], "one"]
    assert query["SignatureValue"] == sign("sha256", parts, {"Shp_order": "ABC234"})
    assert '"sum":1900.1' in unquote(query["Receipt"])
    assert len(query["Description"]) == 100
    assert "🎓" not in query["Description"]


def tell(shop: PaymentProvider, **more: str) -> Notice | None:
    form = {"OutSum": "1900.100000", "InvId": "41", "Shp_order": "ABC234", "Fee": "57.00"}
    signature = sign("sha256", [form["OutSum"], form["InvId"], "two"], {"Shp_order": "ABC234"})
    body = urlencode(form | {"SignatureValue": signature.upper()} | more).encode()
    return shop.read_notice(NoticeRequest({}, body, "203.0.113.9"))


def test_a_notice_is_a_hint_and_is_answered_with_its_number(shop: PaymentProvider) -> None:
    notice = tell(shop)
    assert notice is not None
    assert (notice.external_id, notice.payment_id, notice.facts) == ("41", 41, None)
    assert shop.answer_notice(notice) == "OK41"


@pytest.mark.parametrize(
    "more",
    [{"OutSum": "1.00"}, {"InvId": "42"}, {"Shp_order": "OTHER2"}, {"SignatureValue": ""}, {"Shp_a": "1"}],
)
def test_a_changed_field_is_a_forgery(shop: PaymentProvider, more: dict[str, str]) -> None:
    with pytest.raises(ForgedNoticeError):
        tell(shop, **more)


def test_a_token_has_three_parts_that_need_no_padding() -> None:
    token = write_token({"OpKey": "x", "RefundSum": "1.00"}, "three")
    assert token.count(".") == 2
    assert "=" not in token
