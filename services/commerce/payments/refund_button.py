"""The button that gives money of a payment back."""

from collections.abc import Mapping
from typing import Any

from core.presses import PressKind
from services.commerce.schemas import Payment
from services.delivery import speech

BACK = PressKind.REFUND  # payment-amount-refunded-closes
BY_TARIFF, CLOSES, KEEPS = "r", "c", "k"
CHOICES: Mapping[str, bool | None] = {BY_TARIFF: None, CLOSES: True, KEEPS: False}


def back_button(text: str, payment: Payment, amount: int, choice: str = BY_TARIFF) -> Mapping[str, Any]:
    """Gives so much of a payment back, if nothing more has gone back by then; the choice is about the access."""
    label = speech.words(text, amount=speech.price(amount, payment.currency))
    return speech.button(label, BACK, f"{payment.id}-{amount}-{payment.refunded}-{choice}")
