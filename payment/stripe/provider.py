"""One account of Stripe through its own library; its retries are off, ours use the same key."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import aiohttp
import stripe
from typing_extensions import override

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
from payment.spec import Surroundings
from payment.stripe import mapping
from payment.stripe.settings import StripeSettings

KEY_LIVES = timedelta(hours=23)  # Stripe may forget a key after 24
TOLERANCE = 300  # seconds a notification may be old
INTENT = "payment_intent.latest_charge.balance_transaction"
CHARGE = "latest_charge.balance_transaction"
PAGE = 100
DISPUTES = frozenset({"charge.dispute.created", "charge.dispute.closed", "charge.refunded"})


class _OneHost(stripe.AIOHTTPClient):
    """Stripe's client, following no answer to another place: buyers' data goes to the one host that was configured."""

    def _get_request_args_kwargs(self, *about: Any, **more: Any) -> Any:
        args, kwargs = super()._get_request_args_kwargs(*about, **more)
        return args, {**kwargs, "allow_redirects": False}


class StripeProvider(PaymentProvider):
    """Checkout pages, refunds, charges of saved cards."""

    name = "stripe"
    abilities = frozenset(
        {
            Ability.ASK,
            Ability.FIND,
            Ability.LIST,
            Ability.REFUND,
            Ability.PARTIAL_REFUND,
            Ability.CHARGE_SAVED,
        }
    )

    def __init__(self, settings: StripeSettings, around: Surroundings) -> None:
        self._clock = around.clock
        self._secret = settings.webhook_secret.get_secret_value()
        self._key = settings.secret_key.get_secret_value()
        self._client = _OneHost(timeout=around.timeout)
        self._stripe = stripe.StripeClient(
            self._key,
            base_addresses={"api": settings.api_url},
            http_client=self._client,
            max_network_retries=0,
        )

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        if request.amount.currency.lower() in mapping.WHOLE_CURRENCIES:
            raise RefusedError(f"{request.amount.currency} is not counted in hundredths", code="currency")
        if self._clock.real_now() - request.made_at > KEY_LIVES:
            payment = await self.find_payment(request)
            if payment is not None:
                return payment
            raise RefusedError("the payment is too old to be made again", code="too_old")
        options = {"idempotency_key": request.key}
        if request.method:
            return await self._charge(request, options)
        call = self._stripe.v1.checkout.sessions.create_async(mapping.write_session(request), options)  # type: ignore[arg-type]
        return mapping.read_session(await self._post(call))

    async def _charge(self, request: PaymentRequest, options: Any) -> PaymentFacts:
        """A declined card comes as an error that holds the payment intent."""
        fields: Any = mapping.write_charge(request) | {"expand": [CHARGE]}
        try:
            return mapping.read_intent(
                await self._post(self._stripe.v1.payment_intents.create_async(fields, options))
            )
        except stripe.CardError as error:
            answer: Any = error.json_body or {}
            body = answer.get("error", {})
            intent = body.get("payment_intent")
            if not isinstance(intent, Mapping):
                raise RefusedError(str(error.user_message), code=str(error.code)) from None
            return mapping.read_intent({**intent, "last_payment_error": body})

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        if external_id.startswith("pi_"):
            if session := await self._find_session(external_id):
                return mapping.read_session(session)
            intents = self._stripe.v1.payment_intents
            return mapping.read_intent(
                await self._get(intents.retrieve_async(external_id, {"expand": [CHARGE]}))
            )
        sessions = self._stripe.v1.checkout.sessions
        return mapping.read_session(
            await self._get(sessions.retrieve_async(external_id, {"expand": [INTENT]}))
        )

    async def _find_session(self, intent: str) -> Mapping[str, Any] | None:
        """The session that made an intent: the payment is known here by the session's number."""
        fields = {"payment_intent": intent, "expand": [f"data.{INTENT}"]}
        return next(iter(await self._list(self._stripe.v1.checkout.sessions, fields)), None)

    @override
    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        until = self._clock.real_now() + timedelta(minutes=10)
        wanted = (request.payment_id, request.order)
        for facts in await self.list_payments(request.made_at - timedelta(minutes=10), until):
            if (facts.payment_id, facts.order) == wanted:
                return facts
        return None

    @override
    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        """Sessions, and the intents that no session made."""
        period = {"gte": int(since.timestamp()), "lt": ceil(until.timestamp())}
        sessions = await self._list(
            self._stripe.v1.checkout.sessions, {"created": period, "expand": [f"data.{INTENT}"]}
        )
        payments = [mapping.read_session(session) for session in sessions if session.get("mode") == "payment"]
        of_sessions = {(session.get("payment_intent") or {}).get("id") for session in sessions}
        intents = await self._list(
            self._stripe.v1.payment_intents, {"created": period, "expand": [f"data.{CHARGE}"]}
        )
        return [
            *payments,
            *(mapping.read_intent(intent) for intent in intents if intent["id"] not in of_sessions),
        ]

    async def _list(self, service: Any, fields: dict[str, Any]) -> list[Mapping[str, Any]]:
        items: list[Mapping[str, Any]] = []
        while True:
            page = await self._get(service.list_async({**fields, "limit": PAGE}))
            items += page["data"]
            if not page.get("has_more") or not page["data"]:
                return items
            fields = {**fields, "starting_after": page["data"][-1]["id"]}

    @override
    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        intent = await self._find_intent(request.external_id)
        fields: Any = {"payment_intent": intent, "amount": request.amount.amount}
        call = self._stripe.v1.refunds.create_async(fields, {"idempotency_key": request.key})
        return mapping.read_refund(await self._post(call), request.external_id)

    @override
    async def get_refund(self, external_id: str) -> RefundFacts:
        refund = await self._get(self._stripe.v1.refunds.retrieve_async(external_id))
        return mapping.read_refund(refund, str(refund.get("payment_intent") or ""))

    async def _find_intent(self, external_id: str) -> str:
        if external_id.startswith("pi_"):
            return external_id
        session = await self._get(self._stripe.v1.checkout.sessions.retrieve_async(external_id))
        return str(session.get("payment_intent") or "")

    @override
    def read_notice(self, request: NoticeRequest) -> Notice | None:
        """Which payment something happened to; signed, and asked for nevertheless."""
        try:
            text = request.body.decode()
            stripe.WebhookSignature.verify_header(
                text, request.headers.get("stripe-signature", ""), self._secret, TOLERANCE
            )
        except (stripe.SignatureVerificationError, ValueError, IndexError) as error:
            raise ForgedNoticeError(f"no notification of Stripe: {type(error).__name__}") from None
        event = json.loads(text)
        kind, what = str(event["type"]), event["data"]["object"]
        number = str(what.get("id", ""))
        if kind in DISPUTES:
            number = str(what.get("payment_intent") or "")
        elif not kind.startswith(("checkout.session.", "payment_intent.")):
            return None
        named = str((what.get("metadata") or {}).get("payment", ""))
        return Notice(str(event["id"]), number, kind, int(named) if named.isdigit() else None)

    @override
    async def check_account(self) -> AccountFacts:
        await self._get(self._stripe.v1.balance.retrieve_async())
        return AccountFacts("Stripe", is_test="_test_" in self._key)

    @override
    async def aclose(self) -> None:
        if getattr(self._client, "_cached_session", None) is not None:  # its own close would open one first
            close: Any = self._client.close_async
            await close()

    async def _get(self, call: Awaitable[Any]) -> Mapping[str, Any]:
        try:
            return await self._post(call)
        except UnknownOutcomeError as error:  # a question changes nothing
            raise UnavailableError(str(error)) from None

    async def _post(self, call: Awaitable[Any]) -> Mapping[str, Any]:
        try:
            answer = await call
        except stripe.CardError:
            raise
        except stripe.APIConnectionError as error:
            raise _lost(error) from None
        except (TimeoutError, aiohttp.ClientError) as error:
            raise UnknownOutcomeError(f"no answer: {type(error).__name__}") from None
        except stripe.RateLimitError as error:
            raise UnavailableError(str(error)) from None
        except stripe.APIError as error:
            raise UnknownOutcomeError(str(error)) from None
        except stripe.StripeError as error:
            raise RefusedError(str(error), code=str(error.code or "")) from None
        return dict(answer.to_dict())


def _lost(error: stripe.APIConnectionError) -> Exception:
    cause = type(error.__cause__).__name__
    if isinstance(error.__cause__, aiohttp.ClientConnectorError):
        return UnavailableError(f"no connection: {cause}")
    return UnknownOutcomeError(f"no answer: {cause}")
