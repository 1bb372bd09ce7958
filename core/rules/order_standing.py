"""How the money of an order stands, as a person would say it: an order stays paid when its money has gone back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import OrderStatus, PaymentStatus


class OrderStanding(StrEnum):
    """The states of an order's money."""

    OPEN = "open"
    HELD = "held"  # set aside, and not taken yet
    PAID = "paid"
    PART_BACK = "part-back"
    BACK = "back"  # nothing of it is left
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Attempt:
    """What of a payment bears on how its order stands."""

    status: PaymentStatus
    amount: int
    refunded: int


def read_standing(status: OrderStatus, attempts: Sequence[Attempt]) -> OrderStanding:
    """How an order stands by all its payments."""
    if status is not OrderStatus.PAID:
        is_held = any(attempt.status is PaymentStatus.HELD for attempt in attempts)
        return OrderStanding.HELD if is_held else OrderStanding(status)
    taken = [attempt for attempt in attempts if attempt.status is PaymentStatus.SUCCEEDED and attempt.amount]
    if not any(attempt.refunded for attempt in taken):
        return OrderStanding.PAID
    is_all = all(attempt.refunded >= attempt.amount for attempt in taken)
    return OrderStanding.BACK if is_all else OrderStanding.PART_BACK
