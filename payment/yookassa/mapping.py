"""YooKassa's words and ours; sums are texts in roubles there and kopeks here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yookassa.domain.request.payment_request import PaymentRequest as SdkPayment
from yookassa.domain.request.refund_request import RefundRequest as SdkRefund

from core.money import Money, read_money, write_money
from payment.base import (
    Advice,
    Buyer,
    PaymentFacts,
    PaymentRequest,
    PaymentState,
    ReceiptItem,
    ReceiptState,
    RefundFacts,
    RefundRequest,
    RefundState,
    RefusedError,
    UnavailableError,
)
from payment.yookassa.settings import Capture, ReceiptBy, YookassaSettings

MOST_DESCRIPTION = 128
MOST_ITEMS = 80
STATES = {
    "pending": PaymentState.PENDING,
    "waiting_for_capture": PaymentState.HELD,
    "succeeded": PaymentState.SUCCEEDED,
    "canceled": PaymentState.CANCELLED,
}
REFUND_STATES = {
    "pending": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "canceled": RefundState.CANCELLED,
}
RECEIPT_STATES = {
    "pending": ReceiptState.PENDING,
    "succeeded": ReceiptState.SUCCEEDED,
    "canceled": ReceiptState.CANCELLED,
}
TRY_LATER = frozenset(
    {"insufficient_funds", "issuer_unavailable", "payment_method_limit_exceeded", "internal_timeout"}
)
OTHER_METHOD = frozenset(
    {
        "card_expired",
        "payment_method_restricted",
        "call_issuer",
        "3d_secure_failed",
        "country_forbidden",
        "fraud_suspected",
        "general_decline",
        "invalid_card_number",
        "invalid_csc",
        "identification_required",
    }
)
BANK_CARD = "Bank card "  # begins the title of a card, in English whoever reads it
NEVER = frozenset({"permission_revoked"})


def write_payment(request: PaymentRequest, settings: YookassaSettings) -> dict[str, Any]:
    """The body of `POST /payments`; nothing personal but the receipt's contact."""
    body: dict[str, Any] = {
        "amount": write_amount(request.amount),
        "capture": settings.capture is Capture.AUTO or bool(request.method),
        "description": request.description[:MOST_DESCRIPTION],
        "metadata": {"order": request.order, "payment": str(request.payment_id)},
    }
    if request.method:
        body["payment_method_id"] = request.method
    else:
        body["confirmation"] = {"type": "redirect", "return_url": request.return_url}
    if request.save_method:
        body["save_payment_method"] = True
    receipt = write_receipt(request.buyer, request.items, request.amount.currency, settings)
    if receipt:
        body["receipt"] = receipt
    return _check(SdkPayment, body)


def write_refund(request: RefundRequest, settings: YookassaSettings) -> dict[str, Any]:
    """The body of `POST /refunds`; a whole refund needs no receipt of its own."""
    body: dict[str, Any] = {
        "payment_id": request.external_id,
        "amount": write_amount(request.amount),
        "metadata": {"refund": str(request.refund_id)},
    }
    if not request.is_whole:
        receipt = write_receipt(request.buyer, request.items, request.amount.currency, settings)
        if receipt:
            body["receipt"] = receipt
    return _check(SdkRefund, body)


def _check(model: type[Any], body: dict[str, Any]) -> dict[str, Any]:
    """The body as the vendor's model writes it, without the empty lists it adds."""
    try:
        request = model(body)
        request.validate()
    except (ValueError, TypeError) as error:
        raise RefusedError(f"YooKassa would not take it: {error}") from None
    return {name: value for name, value in dict(request).items() if value not in ([], None)}


def write_receipt(
    buyer: Buyer, items: Sequence[ReceiptItem], currency: str, settings: YookassaSettings
) -> dict[str, Any]:
    """The fiscal receipt, or nothing where none is asked for; RefusedError without the contact it needs."""
    if settings.receipt is ReceiptBy.NONE:
        return {}
    customer = {"email": buyer.email} if buyer.email else {}
    if not customer and settings.receipt is ReceiptBy.CONTACT and buyer.phone:
        customer = {"phone": buyer.phone.lstrip("+")}
    if not customer:
        raise RefusedError("the receipt needs the buyer's contact", code="contact_missing")
    lines = [
        {
            "description": item.description[:MOST_DESCRIPTION],
            "quantity": "1",
            "amount": write_amount(Money(item.amount, currency)),
            "vat_code": settings.vat_code,
            "payment_mode": "full_payment",
            "payment_subject": "service",
        }
        for item in items[:MOST_ITEMS]
    ]
    receipt: dict[str, Any] = {"customer": customer, "items": lines}
    if settings.tax_system is not None:
        receipt["tax_system_code"] = settings.tax_system
    return receipt


def write_amount(money: Money) -> dict[str, str]:
    """`{"value": "1900.00", "currency": "RUB"}`."""
    return {"value": write_money(money.amount, money.currency), "currency": money.currency}


def read_payment(body: Mapping[str, Any]) -> PaymentFacts:
    """What YooKassa says of a payment; UnavailableError for what is no payment."""
    try:
        amount = read_amount(body["amount"])
        state = STATES[body["status"]]
        refunded = read_amount(body["refunded_amount"]).amount if body.get("refunded_amount") else 0
        income = read_amount(body["income_amount"]).amount if body.get("income_amount") else None
        cancelled = body.get("cancellation_details") or {}
        method = body.get("payment_method") or {}
        return PaymentFacts(
            external_id=str(body["id"]),
            state=state,
            amount=amount,
            payment_id=_read_number(body.get("metadata") or {}),
            order=str((body.get("metadata") or {}).get("order") or ""),
            is_test=bool(body.get("test")),
            refunded=refunded,
            fee=None if income is None else amount.amount - income,
            receipt=RECEIPT_STATES.get(body.get("receipt_registration") or ""),
            method=str(method.get("id", "")) if method.get("saved") else "",
            method_title=_read_title(method),
            reason=str(cancelled.get("reason") or ""),
            advice=read_advice(str(cancelled.get("reason") or "")),
            url=str((body.get("confirmation") or {}).get("confirmation_url") or ""),
            made_at=_read_moment(body.get("created_at")),
            held_until=_read_moment(body.get("expires_at")) if state is PaymentState.HELD else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnavailableError(f"YooKassa answered what is no payment: {error!r}") from None


def _read_title(method: Mapping[str, Any]) -> str:
    """What people know a card by in any language: `Visa *4242`; of other methods as YooKassa calls them."""
    card = method.get("card") or {}
    if card.get("last4"):
        return f"{card.get('card_type') or ''} *{card['last4']}".strip()
    return str(method.get("title") or "").removeprefix(BANK_CARD)


def _read_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def read_refund(body: Mapping[str, Any]) -> RefundFacts:
    """What YooKassa says of a refund; UnavailableError for what is none."""
    try:
        return RefundFacts(
            str(body["id"]),
            str(body["payment_id"]),
            REFUND_STATES[body["status"]],
            read_amount(body["amount"]),
            str((body.get("cancellation_details") or {}).get("reason") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnavailableError(f"YooKassa answered what is no refund: {error!r}") from None


def read_amount(body: Mapping[str, Any]) -> Money:
    """Money of `{"value", "currency"}`; ValueError for what is none."""
    return Money(read_money(str(body["value"]), str(body["currency"])), str(body["currency"]))


def read_advice(reason: str) -> Advice:
    """What helps after a payment was cancelled for this reason."""
    if reason in TRY_LATER:
        return Advice.TRY_LATER
    if reason in OTHER_METHOD:
        return Advice.OTHER_METHOD
    return Advice.NEVER if reason in NEVER else Advice.NONE


def _read_number(metadata: Mapping[str, Any]) -> int | None:
    text = str(metadata.get("payment", ""))
    return int(text) if text.isascii() and text.isdigit() else None
