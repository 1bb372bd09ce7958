"""Stars by the Bot API: invoice links out, messages and updates in, the bot's transactions to compare with.

An invoice stays payable for ever and by anybody; `check_invoice` is asked before Telegram takes the Stars.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from core.money import STARS, Money
from payment.base import (
    Ability,
    AccountFacts,
    Buyer,
    Checkout,
    Notice,
    PaymentFacts,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    ProviderKind,
    RefundFacts,
    RefundRequest,
    RefundState,
    RefusedError,
    UnavailableError,
)
from payment.spec import Surroundings

MOST_TITLE = 32
MOST_DESCRIPTION = 255
MONTH_SECONDS = 2_592_000  # the only period Telegram renews by
PAGE = 100
MOST_PAGES = 1000
MOST_DIGITS = 18  # of a number that the database can look for
ALREADY = "CHARGE_ALREADY_REFUNDED"


class StarsProvider(PaymentProvider):
    """Payments and monthly subscriptions in Stars; refunds are whole."""

    name = "stars"
    kind = ProviderKind.TELEGRAM
    abilities = frozenset({Ability.ASK, Ability.FIND, Ability.LIST, Ability.REFUND, Ability.SUBSCRIPTION})

    def __init__(self, around: Surroundings) -> None:
        self._call = around.call_telegram
        self._known: list[Mapping[str, Any]] = []
        self._reading = asyncio.Lock()

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        """An invoice's link; it becomes a payment when somebody pays, so asking twice costs nothing."""
        if request.amount.currency != STARS:
            raise RefusedError(f"{request.amount.currency} cannot be paid in Stars", code="currency")
        fields: dict[str, Any] = {
            "title": request.description[:MOST_TITLE],
            "description": request.description[:MOST_DESCRIPTION],
            "payload": write_payload(request.payment_id, request.order),
            "provider_token": "",
            "currency": STARS,
            "prices": [{"label": request.description[:MOST_TITLE], "amount": request.amount.amount}],
        }
        if request.renewal is not None:
            fields["subscription_period"] = MONTH_SECONDS
        url = await self._call("createInvoiceLink", fields)
        return PaymentFacts(
            "", PaymentState.PENDING, request.amount, request.payment_id, request.order, url=str(url)
        )

    @override
    async def get_payment(self, external_id: str) -> PaymentFacts:
        payments = [payment for payment in await self._list() if payment.external_id == external_id]
        if not payments:
            raise RefusedError(f"no transaction {external_id}")
        return payments[-1]

    @override
    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        """Telegram knows no invoice by itself: one that nobody has paid is still to be paid."""
        wanted = (request.payment_id, request.order)
        paid = next(
            (payment for payment in await self._list() if (payment.payment_id, payment.order) == wanted), None
        )
        return paid or PaymentFacts("", PaymentState.PENDING, request.amount, *wanted)

    @override
    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        return [
            payment for payment in await self._list() if payment.made_at and since <= payment.made_at < until
        ]

    @override
    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        """All of it; what was given back before counts as done."""
        if not request.is_whole:
            raise RefusedError("Stars go back as a whole only", code="whole_only")
        fields = {
            "user_id": request.buyer.telegram_id,
            "telegram_payment_charge_id": request.external_id,
        }
        try:
            await self._call("refundStarPayment", fields)
        except RefusedError as error:
            if ALREADY not in str(error):
                raise
        return RefundFacts(
            f"refund-{request.external_id}", request.external_id, RefundState.SUCCEEDED, request.amount
        )

    @override
    async def stop_renewal(self, external_id: str, buyer: Buyer) -> None:
        fields = {
            "user_id": buyer.telegram_id,
            "telegram_payment_charge_id": external_id,
            "is_canceled": True,
        }
        await self._call("editUserStarSubscription", fields)

    @override
    def read_update(self, update: Mapping[str, Any]) -> Notice | None:
        """A payment, a refund or a change of a subscription among the updates of the bot."""
        if subscription := update.get("subscription"):
            return _read_subscription(subscription)
        message = update.get("message") or {}
        if paid := message.get("successful_payment"):
            return _read_payment(paid, message)
        if refunded := message.get("refunded_payment"):
            number = str(refunded["telegram_payment_charge_id"])
            payment_id, _ = read_payload(str(refunded.get("invoice_payload", "")))
            return Notice(f"{number}:refunded", number, "refunded", payment_id)
        return None

    @override
    def read_checkout(self, update: Mapping[str, Any]) -> Checkout | None:
        query = update.get("pre_checkout_query")
        if not query:
            return None
        payment_id, order = read_payload(str(query["invoice_payload"]))
        payer = query["from"]
        amount = Money(int(query["total_amount"]), str(query["currency"]))
        language = str(payer.get("language_code") or "")
        return Checkout(str(query["id"]), int(payer["id"]), language, amount, payment_id, order)

    @override
    async def check_account(self) -> AccountFacts:
        """Whether the bot may ask for its own balance."""
        balance = await self._call("getMyStarBalance", {})
        return AccountFacts(f"Telegram Stars, balance {balance.get('amount', 0)}", is_test=False)

    async def _list(self) -> Sequence[PaymentFacts]:
        """Every payment the bot received, with what was given back; a refund has its payment's number."""
        async with self._reading:
            await self._read_on()
        received: dict[str, PaymentFacts] = {}
        refunded: dict[str, int] = {}
        for payment in self._known:
            if payment.get("source"):
                received[str(payment["id"])] = _read_transaction(payment)
            elif (payment.get("receiver") or {}).get("type") == "user":
                refunded[str(payment["id"])] = abs(int(payment["amount"]))
        return [_with_refund(facts, refunded.get(number, 0)) for number, facts in received.items()]

    async def _read_on(self) -> None:
        """The list grows at its end, so only that is asked for; if it does not go on from what is known, all of it is."""
        for _ in range(MOST_PAGES):
            offset = max(len(self._known) - 1, 0)
            answer = await self._call("getStarTransactions", {"offset": offset, "limit": PAGE})
            page = answer.get("transactions") or []
            if self._known and (not page or _number_of(page[0]) != _number_of(self._known[-1])):
                self._known = []
                continue
            self._known += page[1:] if self._known else page
            if len(page) < PAGE:
                return
        raise UnavailableError("the list of transactions has no end")


def _number_of(transaction: Mapping[str, Any]) -> tuple[str, bool]:
    """What tells a transaction from all others: a refund has the number of its payment."""
    return str(transaction["id"]), bool(transaction.get("source"))


def write_payload(payment_id: int, order: str) -> str:
    """What an invoice carries: our row and the order's number."""
    return f"{payment_id}:{order}"


def read_payload(payload: str) -> tuple[int | None, str]:
    """Our row and the order's number; None and empty for another's payload."""
    number, colon, order = payload.partition(":")
    if not (colon and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return None, ""
    return int(number), order


def _read_payment(paid: Mapping[str, Any], message: Mapping[str, Any]) -> Notice | None:
    if paid["currency"] != STARS:  # by another provider of Telegram's, which no invoice of ours names
        return None
    payment_id, order = read_payload(str(paid.get("invoice_payload", "")))
    number = str(paid["telegram_payment_charge_id"])
    renewed = bool(paid.get("is_recurring")) and not paid.get("is_first_recurring")
    facts = PaymentFacts(
        number,
        PaymentState.SUCCEEDED,
        Money(int(paid["total_amount"]), str(paid["currency"])),
        payment_id,
        order,
        payer_id=int((message.get("from") or {}).get("id", 0)) or None,
        made_at=_moment(message.get("date")),
        renews_until=_moment(paid.get("subscription_expiration_date")),
        is_renewal=renewed,
    )
    return Notice(f"{number}:succeeded", number, "succeeded", payment_id, facts)


def _read_subscription(subscription: Mapping[str, Any]) -> Notice:
    payment_id, _ = read_payload(str(subscription.get("invoice_payload", "")))
    state = str(subscription.get("state", ""))
    user = (subscription.get("user") or {}).get("id", "")
    return Notice(f"subscription:{user}:{payment_id}:{state}", "", f"subscription.{state}", payment_id)


def _read_transaction(transaction: Mapping[str, Any]) -> PaymentFacts:
    source = transaction["source"]
    payment_id, order = read_payload(str(source.get("invoice_payload") or ""))
    return PaymentFacts(
        str(transaction["id"]),
        PaymentState.SUCCEEDED,
        Money(int(transaction["amount"]), STARS),
        payment_id,
        order,
        payer_id=(source.get("user") or {}).get("id"),
        made_at=_moment(transaction.get("date")),
    )


def _with_refund(facts: PaymentFacts, refunded: int) -> PaymentFacts:
    return replace(facts, refunded=refunded) if refunded else facts


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
