"""One shop of YooKassa.

A call that ends with HTTP 500 or without an answer has an unknown outcome: it is made again with the same key and data.
The key is kept there for 24 hours; after that the same request would be a new payment, so it is looked for instead.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any

from typing_extensions import override
from yookassa.domain.common.security_helper import SecurityHelper
from yookassa.domain.notification import WebhookNotificationFactory

from core.money import Money
from payment.base import (
    Ability,
    AccountFacts,
    ForgedNoticeError,
    Notice,
    NoticeRequest,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    RefundFacts,
    RefundRequest,
    RefusedError,
    UnavailableError,
    UnknownOutcomeError,
)
from payment.http import Answer, HttpClient, parse_json
from payment.spec import Surroundings
from payment.yookassa import mapping
from payment.yookassa.settings import ReceiptBy, YookassaSettings

KEY_LIVES = timedelta(hours=23)  # an hour less than YooKassa keeps it
SLACK = timedelta(minutes=10)  # between our clock and theirs
PAGE = "100"
MOST_PAGES = 1000


class YookassaProvider(PaymentProvider):
    """Payments with redirect, receipts, one and two stages, refunds, saved methods."""

    name = "yookassa"
    abilities = frozenset(Ability) - {Ability.SUBSCRIPTION}

    def __init__(self, settings: YookassaSettings, around: Surroundings) -> None:
        self._settings = settings
        self._clock = around.clock
        self._http = HttpClient(
            settings.api_url, around.timeout, settings.shop_id, settings.secret_key.get_secret_value()
        )
        networks = [part.strip() for part in settings.networks.split(",") if part.strip()]
        names = networks or SecurityHelper.YOOKASSA_NETWORKS
        self._networks = [ip_network(name, strict=False) for name in names]

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        if self._clock.real_now() - request.made_at > KEY_LIVES:
            payment = await self.find_payment(request)
            if payment is not None:
                return payment
            raise RefusedError("the payment is too old to be made again", code="too_old")
        body = mapping.write_payment(request, self._settings)
        return mapping.read_payment(await self._post("payments", request.key, body))

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        return mapping.read_payment(await self._get(f"payments/{external_id}"))

    @override
    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        until = self._clock.real_now() + SLACK
        for facts in await self.list_payments(request.made_at - SLACK, until):
            if (facts.payment_id, facts.order) == (request.payment_id, request.order):
                return facts
        return None

    @override
    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        query = {"created_at.gte": since.isoformat(), "created_at.lt": until.isoformat(), "limit": PAGE}
        payment_facts: list[PaymentFacts] = []
        for _ in range(MOST_PAGES):
            page = await self._get("payments", query)
            payment_facts += [mapping.read_payment(payment) for payment in page.get("items") or ()]
            cursor = page.get("next_cursor")
            if not cursor:
                return payment_facts
            query |= {"cursor": str(cursor)}
        raise UnavailableError("YooKassa's list of payments has no end")

    @override
    async def capture_payment(self, external_id: str, amount: Money) -> PaymentFacts:
        body = {"amount": mapping.write_amount(amount)}
        return mapping.read_payment(
            await self._post(f"payments/{external_id}/capture", f"capture-{external_id}", body)
        )

    @override
    async def cancel_payment(self, external_id: str) -> PaymentFacts:
        return mapping.read_payment(
            await self._post(f"payments/{external_id}/cancel", f"cancel-{external_id}", {})
        )

    @override
    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        if self._clock.real_now() - request.made_at > KEY_LIVES:
            raise RefusedError("the refund is too old to be asked for again", code="too_old")
        body = mapping.write_refund(request, self._settings)
        return mapping.read_refund(await self._post("refunds", request.key, body))

    @override
    async def get_refund(self, external_id: str) -> RefundFacts:
        return mapping.read_refund(await self._get(f"refunds/{external_id}"))

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        """What happened to which payment; only a hint, whoever sends it."""
        if not self._is_theirs(request.peer):
            raise ForgedNoticeError(f"{request.peer} is no address of YooKassa")
        body = parse_json(request.body)
        try:
            WebhookNotificationFactory().create(body)
            event, what = str(body["event"]), body["object"]
            number = str(what["id"])
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            raise ValueError(f"no notification of YooKassa: {type(error).__name__}") from None
        if event.startswith("refund."):
            return Notice(f"{number}:{event}", str(what.get("payment_id", "")), event)
        if not event.startswith("payment."):
            return None
        return Notice(f"{number}:{event}", number, event)

    @override
    async def check_account(self) -> AccountFacts:
        me = await self._get("me")
        problems = []
        if me.get("status") not in {None, "enabled"}:
            problems.append(f"the shop is {me['status']}: payments are not taken")
        fiscal = (me.get("fiscalization") or {}).get("enabled", me.get("fiscalization_enabled"))
        if fiscal and self._settings.receipt is ReceiptBy.NONE:
            problems.append(
                "the shop sends fiscal receipts, but YOOKASSA_RECEIPT is none: set email or contact"
            )
        return AccountFacts(f"YooKassa shop {self._settings.shop_id}", bool(me.get("test")), tuple(problems))

    @override
    async def aclose(self) -> None:
        await self._http.aclose()

    def _is_theirs(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address.version == network.version and address in network for network in self._networks)

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        try:
            answer = await self._http.request("GET", path, params=query)
        except UnknownOutcomeError as error:  # a question changes nothing
            raise UnavailableError(str(error)) from None
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnavailableError(f"HTTP {answer.status}")
        return _read(answer)

    async def _post(self, path: str, key: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._http.request("POST", path, headers={"Idempotence-Key": key}, payload=body)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnknownOutcomeError(f"HTTP {answer.status}")
        return _read(answer)


def _read(answer: Answer) -> Mapping[str, Any]:
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status == HTTPStatus.OK and body:
        return body
    code, said = str(body.get("code", "")), str(body.get("description", ""))[:300]
    words = f"HTTP {answer.status} {code}: {said}".strip()
    if answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.OK}:
        raise UnavailableError(words, code=code)
    raise RefusedError(words, code=code)
