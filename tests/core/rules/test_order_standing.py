"""How an order's money stands: what went back, in part or whole, and what is only set aside."""

import pytest

from core.lifecycle import OrderStatus, PaymentStatus
from core.rules.order_standing import Attempt, OrderStanding, read_standing

FAILED = Attempt(PaymentStatus.CANCELLED, 100, 0)


def paid(refunded: int, amount: int = 100) -> Attempt:
    return Attempt(PaymentStatus.SUCCEEDED, amount, refunded)


@pytest.mark.parametrize(
    ("status", "attempts", "standing"),
    [
        (OrderStatus.OPEN, [], OrderStanding.OPEN),
        (OrderStatus.OPEN, [FAILED, Attempt(PaymentStatus.HELD, 100, 0)], OrderStanding.HELD),
        (OrderStatus.CANCELLED, [FAILED], OrderStanding.CANCELLED),
        (OrderStatus.PAID, [FAILED, paid(0)], OrderStanding.PAID),
        (OrderStatus.PAID, [paid(0, amount=0)], OrderStanding.PAID),
        (OrderStatus.PAID, [paid(40)], OrderStanding.PART_BACK),
        (OrderStatus.PAID, [paid(100), paid(0)], OrderStanding.PART_BACK),
        (OrderStatus.PAID, [FAILED, paid(100), paid(100)], OrderStanding.BACK),
    ],
)
def test_an_order_stands_by_its_payments(
    status: OrderStatus, attempts: list[Attempt], standing: OrderStanding
) -> None:
    assert read_standing(status, attempts) is standing
