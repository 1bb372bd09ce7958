"""One pay form of Prodamus: signed links out, signed notifications in.

Prodamus has no call that says how a payment stands, gives no money back by a call and knows one stage only.
"""

from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import HTTP
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from typing_extensions import override

from core.money import Money, read_money, write_money
from payment.base import (
    Ability,
    AccountFacts,
    Advice,
    Buyer,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    RefusedError,
    UnavailableError,
)
from payment.http import HttpClient
from payment.prodamus.php_form import Array, read_fields, write_fields
from payment.prodamus.settings import ProdamusSettings
from payment.prodamus.signing import is_signed, sign
from payment.spec import Surroundings

MOST_DIGITS = 18
MOSCOW = timezone(timedelta(hours=3))  # its dates have no zone; Moscow's has not moved since 2014
STATES = {
    "success": PaymentState.SUCCEEDED,
    "order_canceled": PaymentState.CANCELLED,
    "order_denied": PaymentState.CANCELLED,
}
BACK = frozenset(
    {"refund", "refunded", "order_refund", "order_refunded"}
)  # all of it went back in the cabinet
ERRORS = {"insufficient_funds": Advice.TRY_LATER}
RENEWALS = frozenset({"автоплатеж", "автоплатёж"})


class ProdamusProvider(PaymentProvider):
    """Payments by signed link; subscriptions that Prodamus renews."""

    name = "prodamus"
    abilities = frozenset({Ability.SUBSCRIPTION})

    def __init__(self, settings: ProdamusSettings, around: Surroundings) -> None:
        self._settings = settings
        self._key = settings.secret_key.get_secret_value()
        self._http = HttpClient("", around.timeout)

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        """A signed link; it becomes a payment when somebody pays, so asking twice costs nothing."""
        form = self._write_link(request)
        url = f"{self._settings.url}?{urlencode(write_fields(form))}"
        return PaymentFacts(
            external_id="",
            state=PaymentState.PENDING,
            amount=request.amount,
            payment_id=request.payment_id,
            order=request.order,
            url=await self._shorten(url),
        )

    def _write_link(self, request: PaymentRequest) -> Array:
        line = {
            "name": request.description,
            "price": write_money(request.amount.amount, request.amount.currency),
            "quantity": "1",
        }
        form: Array = {
            "order_id": str(request.payment_id),
            "products": {0: line},
            "currency": request.amount.currency.lower(),
            "do": "link",
            "_param_order": request.order,
        }
        optional = {
            "customer_email": request.buyer.email,
            "customer_phone": request.buyer.phone,
            "urlReturn": request.return_url,
            "urlSuccess": request.return_url,
            "urlNotification": request.notify_url,
            "sys": self._settings.sys,
            "subscription": request.renewal.plan if request.renewal else "",
        }
        form.update({name: value for name, value in optional.items() if value})
        form["signature"] = sign(form, self._key)
        return form

    async def _shorten(self, url: str) -> str:
        """The short address the form answers with."""
        answer = await self._http.request("GET", url)
        short = answer.text.strip()
        if answer.status != HTTPStatus.OK or not urlsplit(short).scheme.startswith("http") or " " in short:
            if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise RefusedError(f"HTTP {answer.status}: {short[:300]}")
            raise UnavailableError(f"HTTP {answer.status}: no link came back")
        return short

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        """A payment that was made or denied, a renewal, or news of a subscription."""
        form = read_form(request.headers.get("content-type", ""), request.body)
        if not form:
            raise ValueError("no notification of Prodamus")
        if not is_signed(form, self._key, request.headers.get("sign", "")):
            raise ForgedNoticeError("the signature is not this form's")
        subscription = form.get("subscription")
        profile = str(subscription.get("profile_id", "")) if isinstance(subscription, dict) else ""
        return _read_subscription(form, profile) if _is_news(form) else _read_payment(form, profile)

    @override
    async def stop_renewal(self, external_id: str, buyer: Buyer) -> None:
        """Switch a subscription off; `external_id` is `plan:profile`."""
        plan, _, profile = external_id.partition(":")
        form: Array = {"subscription": plan, "profile": profile, "active_user": "0"}
        form["signature"] = sign(form, self._key)
        url = f"{self._settings.url.rstrip('/')}/rest/setActivity/"
        answer = await self._http.request("POST", url, form=write_fields(form))
        if answer.status != HTTPStatus.OK:
            raise UnavailableError(f"HTTP {answer.status}: the subscription of {buyer.telegram_id} goes on")

    @override
    async def check_account(self) -> AccountFacts:
        """Whether the form answers; whether the key is right only a payment shows."""
        answer = await self._http.request("GET", self._settings.url)
        problems = [] if answer.status == HTTPStatus.OK else [f"the form answers HTTP {answer.status}"]
        if not self._settings.sys:
            problems.append(
                "PRODAMUS_SYS is not set: enter the address for notifications in the form's settings by hand"
            )
        return AccountFacts(f"Prodamus {urlsplit(self._settings.url).hostname}", False, tuple(problems))

    @override
    async def aclose(self) -> None:
        await self._http.aclose()


def read_form(content_type: str, body: bytes) -> Array:
    """The fields of a notification, multipart or urlencoded; empty for what is neither."""
    try:
        if content_type.lower().startswith("multipart/form-data"):
            return read_fields(_read_multipart(content_type, body))
        return read_fields(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except (ValueError, LookupError):
        return {}


def _read_multipart(content_type: str, body: bytes) -> list[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + body, policy=HTTP)
    fields = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields.append((name, content.decode()))
    return fields


def _is_news(form: Array) -> bool:
    """Whether it is about a subscription and no payment at all."""
    code = str(form.get("action_code", form.get("notification_code", "")))
    return code in {"deactivation", "finish"} or str(form.get("type", "")) == "notification"


def _read_payment(form: Array, profile: str) -> Notice:
    number = str(form.get("order_id", ""))
    status = str(form.get("payment_status", "")).strip().lower()
    payment_id = _read_number(str(form.get("order_num", "")))
    error = str(form.get("error_code", "")).strip().lower()
    is_back = status in BACK and not error
    state = PaymentState.SUCCEEDED if is_back else PaymentState.CANCELLED if error else STATES.get(status)
    event = error or status or "unknown"
    key = f"{number}:{event}"
    if state is None:  # said so, kept, and grants nothing
        return Notice(key, number, event, payment_id)
    currency = str(form.get("currency") or "rub").upper()
    paid = _read_sum(str(form.get("sum", "")), currency)
    facts = PaymentFacts(
        external_id=number,
        state=state,
        amount=paid,
        refunded=paid.amount if is_back else 0,
        payment_id=payment_id,
        order=str(form.get("_param_order", "")),
        is_test=str(form.get("is_test", "")).strip() == "1" or str(form.get("demo", "")).strip() == "1",
        fee=_read_fee(str(form.get("commission_sum", "")), currency),
        reason=error or ("" if state is PaymentState.SUCCEEDED else status),
        advice=ERRORS.get(error, Advice.OTHER_METHOD if error else Advice.NONE),
        made_at=_read_date(str(form.get("date", ""))),
        method_title=str(form.get("payment_type", "")),
        previous_id=profile,
    )
    return Notice(key, number, event, payment_id, facts)


def _read_subscription(form: Array, profile: str) -> Notice:
    """News of a subscription; it has no number of its own, so its date tells it from the next one."""
    code = str(form.get("action_code", form.get("notification_code", form.get("type", ""))))
    return Notice(f"subscription:{profile}:{code}:{form.get('date', '')}", profile, f"subscription.{code}")


def _read_sum(text: str, currency: str) -> Money:
    return Money(read_money(text.replace(" ", "").replace(",", "."), currency), currency)


def _read_fee(text: str, currency: str) -> int | None:
    try:
        return _read_sum(text, currency).amount
    except ValueError:
        return None


def _read_date(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=MOSCOW)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
