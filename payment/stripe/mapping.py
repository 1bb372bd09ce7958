"""Stripe's words and ours. A payment is a Checkout session, or a payment intent where a saved card was charged."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.money import Money
from payment.base import (
    Advice,
    PaymentFacts,
    PaymentRequest,
    PaymentState,
    RefundFacts,
    RefundState,
    UnavailableError,
)

MOST_DESCRIPTION = 250
TRY_LATER = frozenset({"insufficient_funds", "processing_error", "issuer_not_available", "try_again_later"})
NEVER = frozenset({"stolen_card", "lost_card", "pickup_card", "revocation_of_authorization"})
INTENT_STATES = {
    "succeeded": PaymentState.SUCCEEDED,
    "canceled": PaymentState.CANCELLED,
    "requires_capture": PaymentState.HELD,
}
REFUND_STATES = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.CANCELLED,
    "canceled": RefundState.CANCELLED,
}
WHOLE_CURRENCIES = frozenset(  # amounts of these are not in hundredths
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
        "bhd",
        "iqd",
        "jod",
        "kwd",
        "lyd",
        "omr",
        "tnd",
    ]
)


def write_metadata(request: PaymentRequest) -> dict[str, str]:
    """What comes back with everything Stripe says of the payment."""
    return {"order": request.order, "payment": str(request.payment_id)}


def write_session(request: PaymentRequest) -> dict[str, Any]:
    """The fields of a Checkout session for one payment."""
    intent: dict[str, Any] = {"metadata": write_metadata(request)}
    if request.save_method:
        intent["setup_future_usage"] = "off_session"
    session: dict[str, Any] = {
        "mode": "payment",
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "client_reference_id": request.order,
        "metadata": write_metadata(request),
        "payment_intent_data": intent,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.amount.currency.lower(),
                    "unit_amount": request.amount.amount,
                    "product_data": {"name": request.description[:MOST_DESCRIPTION]},
                },
            }
        ],
    }
    if request.save_method:
        session["customer_creation"] = "always"
    if request.buyer.email:
        session["customer_email"] = request.buyer.email
    return session


def write_charge(request: PaymentRequest) -> dict[str, Any]:
    """The fields of a payment intent that charges a saved card."""
    customer, _, method = request.method.partition(":")
    return {
        "amount": request.amount.amount,
        "currency": request.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        "description": request.description[:MOST_DESCRIPTION],
        "metadata": write_metadata(request),
    }


def read_session(session: Mapping[str, Any]) -> PaymentFacts:
    """What a session says, with its payment intent expanded; UnavailableError for what is none."""
    try:
        intent = session.get("payment_intent")
        inner = intent if isinstance(intent, Mapping) else {}
        return PaymentFacts(
            external_id=str(session["id"]),
            state=_session_state(session, inner),
            amount=Money(int(session["amount_total"]), str(session["currency"]).upper()),
            url=str(session.get("url") or ""),
            made_at=datetime.fromtimestamp(int(session["created"]), UTC),
            **_read_shared(session, inner),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnavailableError(f"Stripe answered what is no session: {error!r}") from None


def read_intent(intent: Mapping[str, Any]) -> PaymentFacts:
    """What a payment intent says; UnavailableError for what is none."""
    try:
        return PaymentFacts(
            external_id=str(intent["id"]),
            state=_intent_state(intent),
            amount=Money(int(intent["amount"]), str(intent["currency"]).upper()),
            made_at=datetime.fromtimestamp(int(intent["created"]), UTC),
            **_read_shared(intent, intent),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnavailableError(f"Stripe answered what is no payment intent: {error!r}") from None


def read_refund(refund: Mapping[str, Any], payment: str) -> RefundFacts:
    """What Stripe says of a refund of our payment; UnavailableError for what is none."""
    try:
        return RefundFacts(
            str(refund["id"]),
            payment,
            REFUND_STATES.get(str(refund["status"]), RefundState.PENDING),
            Money(int(refund["amount"]), str(refund["currency"]).upper()),
            str(refund.get("failure_reason") or ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnavailableError(f"Stripe answered what is no refund: {error!r}") from None


def read_advice(code: str) -> Advice:
    """What helps after a card was declined for this reason."""
    if code in TRY_LATER:
        return Advice.TRY_LATER
    if code in NEVER:
        return Advice.NEVER
    return Advice.OTHER_METHOD if code else Advice.NONE


def _session_state(session: Mapping[str, Any], intent: Mapping[str, Any]) -> PaymentState:
    if session.get("payment_status") == "paid":
        return PaymentState.SUCCEEDED
    if session.get("status") == "expired" or intent.get("status") == "canceled":
        return PaymentState.CANCELLED
    return PaymentState.PENDING


def _intent_state(intent: Mapping[str, Any]) -> PaymentState:
    """A charge without the person that was declined is over: nobody will go on with it."""
    if intent.get("last_payment_error") and intent.get("status") == "requires_payment_method":
        return PaymentState.CANCELLED
    if intent.get("status") == "requires_action":
        return PaymentState.CANCELLED
    return INTENT_STATES.get(str(intent["status"]), PaymentState.PENDING)


def _read_shared(outer: Mapping[str, Any], intent: Mapping[str, Any]) -> dict[str, Any]:
    metadata = outer.get("metadata") or {}
    number = str(metadata.get("payment", ""))
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    error = intent.get("last_payment_error") or {}
    reason = str(error.get("decline_code") or error.get("code") or "")
    card = (charge.get("payment_method_details") or {}).get("card") or {}
    balance = charge.get("balance_transaction")
    customer, method = intent.get("customer"), intent.get("payment_method")
    is_saved = bool(customer and method and intent.get("setup_future_usage"))
    return {
        "payment_id": int(number) if number.isascii() and number.isdigit() else None,
        "order": str(metadata.get("order", "")),
        "is_test": not outer.get("livemode", False),
        "refunded": int(charge.get("amount_refunded") or 0),
        "is_disputed": bool(charge.get("disputed")),
        "fee": int(balance["fee"]) if isinstance(balance, Mapping) else None,
        "method": f"{customer}:{method}" if is_saved else "",
        "method_title": f"{card['brand']} *{card['last4']}".title() if card else "",
        "reason": reason,
        "advice": read_advice(reason),
    }
