"""Commerce as its lists show it: what is asked for, and a line of what there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.lifecycle import OrderStatus, PaymentKind, PaymentStatus, RefundStatus
from core.rules.order_standing import OrderStanding


@dataclass(frozen=True)
class OrderLine:
    """An order in a list, with who ordered it and what came of it; `paid` and `refunded` are in `paid_in`."""

    id: int
    public_id: str
    contact_id: int
    telegram_id: int
    name: str
    username: str | None
    tariff_id: int
    tariff: str
    price: int
    discount: int
    promo: str | None
    utm: Mapping[str, str]
    currency: str
    status: OrderStatus
    standing: OrderStanding
    paid: int
    refunded: int
    paid_in: str
    provider: str | None
    external_id: str | None
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True)
class WantedOrders:
    """Which orders a list is to have; all without anything."""

    status: OrderStatus | None = None
    contact_id: int | None = None
    tariff_id: int | None = None
    order_id: int | None = None


@dataclass(frozen=True)
class WantedPayments:
    """Which payments a list is to have; all without anything."""

    status: PaymentStatus | None = None
    order_id: int | None = None
    provider: str | None = None
    payment_id: int | None = None


@dataclass(frozen=True)
class PaymentLine:
    """A payment in a list, with the order it is for."""

    id: int
    order_id: int
    number: str
    contact_id: int
    provider: str
    external_id: str | None
    kind: PaymentKind
    amount: int
    currency: str
    refunded: int
    fee: int | None
    status: PaymentStatus
    is_test: bool
    held_until: datetime | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class RefundLine:
    """Money of an order that went back, or is to."""

    id: int
    payment_id: int
    amount: int
    currency: str
    status: RefundStatus
    closes: bool | None
    reason: str
    by: str
    created_at: datetime
    settled_at: datetime | None
