"""One shop of Robokassa. A link becomes a payment when somebody pays; its number there is our row's."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, quote, urlencode

from typing_extensions import override

from core.money import Money, read_money, write_money
from payment.base import (
    Ability,
    AccountFacts,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    RefundFacts,
    RefundRequest,
    RefundState,
    RefusedError,
    UnavailableError,
    UnknownOutcomeError,
)
from payment.http import HttpClient
from payment.robokassa.settings import RobokassaSettings
from payment.robokassa.signing import is_signed, sign, write_token
from payment.spec import Surroundings

RUB = "RUB"
MOST_DESCRIPTION = 100
MOST_NAME = 128
PLAIN = 0x2100  # letters and punctuation lie below it; the page refuses emoji
OK, WRONG_SIGNATURE, NO_SHOP, NO_OPERATION = "0", "1", "2", "3"
PROBLEMS = {
    WRONG_SIGNATURE: "the signature is not taken: look at ROBOKASSA_PASSWORD2 and ROBOKASSA_HASH",
    NO_SHOP: "there is no such shop: look at ROBOKASSA_LOGIN",
}
STATES = {"10": PaymentState.CANCELLED, "100": PaymentState.SUCCEEDED, "60": PaymentState.SUCCEEDED}
REFUNDED = "60"
REFUND_STATES = {"finished": RefundState.SUCCEEDED, "canceled": RefundState.CANCELLED}
ALREADY = "alreadyrefunded"


class RobokassaProvider(PaymentProvider):
    """Payments by signed link; whole refunds, since a partial one that got no answer could be made twice."""

    name = "robokassa"

    def __init__(self, settings: RobokassaSettings, around: Surroundings) -> None:
        self._settings = settings
        self._http = HttpClient("", around.timeout)
        can_refund = bool(settings.password3.get_secret_value())
        self.abilities = frozenset({Ability.ASK, Ability.FIND} | ({Ability.REFUND} if can_refund else set()))

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        """A signed link, the same each time: nobody is asked for it."""
        settings, own = self._settings, {"Shp_order": request.order}
        if request.amount.currency != RUB:
            raise RefusedError(f"{request.amount.currency} is not taken", code="currency")
        value = write_money(request.amount.amount, RUB)
        receipt = quote(self._write_receipt(request), safe="") if settings.tax else ""
        password = settings.password1.get_secret_value()
        parts = [settings.login, value, str(request.payment_id), *([receipt] if receipt else []), password]
        fields = {
            "MerchantLogin": settings.login,
            "OutSum": value,
            "InvId": str(request.payment_id),
            "Description": "".join(each_sign for each_sign in request.description if ord(each_sign) < PLAIN)[
                :MOST_DESCRIPTION
            ],
            "Culture": "ru" if request.buyer.language == "ru" else "en",
            "Encoding": "utf-8",
            "SignatureValue": sign(settings.hash, parts, own),
            **own,
        }
        fields |= {"Receipt": receipt} if receipt else {}
        fields |= {"Email": request.buyer.email} if request.buyer.email else {}
        url = f"{settings.url}/Merchant/Index.aspx?{urlencode(fields)}"
        return PaymentFacts(
            "", PaymentState.PENDING, request.amount, request.payment_id, request.order, url=url
        )

    def _write_receipt(self, request: PaymentRequest) -> str:
        items = [
            {
                "name": item.description[:MOST_NAME],
                "quantity": 1,
                "sum": float(write_money(item.amount, RUB)),
                "payment_method": "full_payment",
                "payment_object": "service",
                "tax": self._settings.tax,
            }
            for item in request.items
        ]
        sno = {"sno": self._settings.sno} if self._settings.sno else {}
        return json.dumps({**sno, "items": items}, ensure_ascii=False, separators=(",", ":"))

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        answer = await self._ask(external_id)
        code = _read(answer, "Result", "Code")
        if code != OK:
            raise RefusedError(f"no operation {external_id}", code=code)
        return _read_payment(external_id, answer)

    @override
    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        """A link that nobody has opened is known to nobody there, and still to be paid."""
        answer = await self._ask(str(request.payment_id))
        if _read(answer, "Result", "Code") == NO_OPERATION:
            return PaymentFacts("", PaymentState.PENDING, request.amount, request.payment_id, request.order)
        return await self.get_payment(str(request.payment_id))

    async def _ask(self, number: str) -> str:
        settings = self._settings
        parts = [settings.login, number, settings.password2.get_secret_value()]
        params = {
            "MerchantLogin": settings.login,
            "InvoiceID": number,
            "Signature": sign(settings.hash, parts, {}),
        }
        url = f"{settings.url}/Merchant/WebService/Service.asmx/OpStateExt"
        try:
            answer = await self._http.request("GET", url, params=params)
        except UnknownOutcomeError as error:  # a question changes nothing
            raise UnavailableError(str(error)) from None
        if answer.status != HTTPStatus.OK or not _read(answer.text, "Result", "Code"):
            raise UnavailableError(f"HTTP {answer.status}: no state came back")
        return answer.text

    @override
    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        """All of it; what was given back before counts as done."""
        if not request.is_whole:
            raise RefusedError("a part is given back in the cabinet only", code="whole_only")
        operation = _read(await self._ask(request.external_id), "Info", "OpKey")
        wish = {"OpKey": operation, "RefundSum": write_money(request.amount.amount, RUB)}
        token = write_token(wish, self._settings.password3.get_secret_value())
        url = f"{self._settings.services_url}/RefundService/Refund/Create"
        answer = await self._http.request("POST", url, payload=token)
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not body:
            raise UnknownOutcomeError(f"HTTP {answer.status}")
        said = str(body.get("message") or "")
        if ALREADY in said.lower():
            return RefundFacts("", request.external_id, RefundState.SUCCEEDED, request.amount)
        if not body.get("success"):
            raise RefusedError(said[:300], code=said[:60])
        return RefundFacts(
            str(body.get("requestId", "")), request.external_id, RefundState.PENDING, request.amount
        )

    @override
    async def get_refund(self, external_id: str) -> RefundFacts:
        url = f"{self._settings.services_url}/RefundService/Refund/GetState"
        try:
            answer = await self._http.request("GET", url, params={"id": external_id})
        except UnknownOutcomeError as error:
            raise UnavailableError(str(error)) from None
        body = answer.body if isinstance(answer.body, dict) else {}
        state = REFUND_STATES.get(str(body.get("label", "")), RefundState.PENDING)
        try:
            return RefundFacts(external_id, "", state, _read_sum(str(body["amount"])))
        except (KeyError, ValueError):
            raise UnavailableError(f"HTTP {answer.status}: no state of a refund came back") from None

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        """Which order was paid; signed, and asked for nevertheless."""
        try:
            form = dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))
            number = int(form["InvId"]) if form["InvId"].isascii() else 0
        except (ValueError, KeyError):
            raise ValueError("no notification of Robokassa") from None
        if not is_signed(form, self._settings.hash, self._settings.password2.get_secret_value()):
            raise ForgedNoticeError("the signature is not this form's")
        return Notice(f"{number}:paid", str(number), "paid", number)

    @override
    def answer_notice(self, notice: Notice | None) -> str:
        """Its own word for «heard», with the order's number."""
        return f"OK{notice.external_id}" if notice else "OK"

    @override
    async def check_account(self) -> AccountFacts:
        code = _read(await self._ask("0"), "Result", "Code")
        problems = (PROBLEMS[code],) if code in PROBLEMS else ()
        return AccountFacts(f"Robokassa {self._settings.login}", False, problems)

    @override
    async def aclose(self) -> None:
        await self._http.aclose()


def _read_payment(number: str, answer: str) -> PaymentFacts:
    """What the answer about an operation says; UnavailableError for what is none."""
    code = _read(answer, "State", "Code")
    own = dict(
        re.findall(r"<Name>\s*([^<]*?)\s*</Name>\s*<Value>\s*([^<]*?)\s*</Value>", answer, re.IGNORECASE)
    )
    try:
        amount = _read_sum(_read(answer, "Info", "OutSum"))
    except ValueError:
        raise UnavailableError("Robokassa answered what is no payment") from None
    state = STATES.get(code, PaymentState.PENDING)
    return PaymentFacts(
        external_id=number,
        state=state,
        amount=amount,
        payment_id=int(number),
        order=_own(own, "shp_order"),
        refunded=amount.amount if code == REFUNDED else 0,
        method_title=_read(answer, "PaymentMethod", "Description"),
    )


def _own(fields: Mapping[str, str], name: str) -> str:
    return next((value for key, value in fields.items() if key.lower() == name), "")


def _read(text: str, outer: str, inner: str) -> str:
    """The text of an element within another one of an XML answer; empty where there is none."""
    match = re.search(rf"<{outer}\b[^>]*>(.*?)</{outer}>", text, re.DOTALL)
    within = re.search(rf"<{inner}\b[^>]*>([^<]*)</{inner}>", match[1]) if match else None
    return within[1].strip() if within else ""


def _read_sum(text: str) -> Money:
    """`1900.100000` is 1900.10; ValueError for parts of a kopek."""
    whole, _, part = text.strip().replace(",", ".").partition(".")
    return Money(read_money(f"{whole}.{part.rstrip('0').ljust(2, '0')}", RUB), RUB)
