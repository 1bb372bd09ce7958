"""What is stored about one purchase, as who looks for a break in its way sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.lifecycle import AccessChange, AccessStatus, MembershipStatus, OrderStatus


@dataclass(frozen=True)
class OrderFacts:
    """An order; the price is in minor units."""

    id: int
    public_id: str
    tariff_id: int
    status: OrderStatus
    price: int
    currency: str
    bot_id: int
    chat_id: int
    created_at: datetime
    paid_at: datetime | None
    is_gift: bool = False  # what it opens is somebody else's


@dataclass(frozen=True)
class AttemptFacts:
    """One attempt to pay an order; `status` is a PaymentStatus, `noticed_at` when its provider last told of it by itself."""

    id: int
    order_id: int
    provider: str
    external_id: str | None
    status: str
    created_at: datetime
    settled_at: datetime | None
    noticed_at: datetime | None = None
    is_refunded: bool = False  # nothing of the money is left


@dataclass(frozen=True)
class AccessFacts:
    """An access; `change` is what was last done to it by hand, if anything was."""

    id: int
    tariff_id: int
    payment_id: int | None
    status: AccessStatus
    granted_at: datetime
    ends_at: datetime | None
    change: AccessChange | None = None
    changed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.status is AccessStatus.ACTIVE and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True)
class DoorFacts:
    """A group of a purchase's tariff and the buyer's place in it; without a status nobody has asked for a link."""

    community_id: int
    chat_id: int
    status: MembershipStatus | None
    asked_at: datetime | None = None
    joined_at: datetime | None = None


@dataclass(frozen=True)
class PurchaseFacts:
    """An order with what it led to, or an access that was given without one."""

    tariff_id: int
    tariff_name: Mapping[str, str]
    flow_id: int
    order: OrderFacts | None
    attempts: tuple[AttemptFacts, ...]  # the first one first
    access: AccessFacts | None
    doors: tuple[DoorFacts, ...] = ()

    @property
    def attempt(self) -> AttemptFacts | None:
        """The attempt that counts: the one that brought the money, else the last one."""
        paid = [attempt for attempt in self.attempts if attempt.status == "succeeded"]
        return paid[-1] if paid else self.attempts[-1] if self.attempts else None

    @property
    def is_paid(self) -> bool:
        """Whether its money has come."""
        return self.order is not None and self.order.status is OrderStatus.PAID


@dataclass(frozen=True)
class Unbegun:
    """An open access whose course has not begun; `has_come`: the person has been in the course bot since."""

    account_id: int
    access_id: int
    contact_id: int
    has_come: bool


@dataclass(frozen=True)
class Ungranted:
    """An order whose money has come and which has opened nothing."""

    account_id: int
    order_id: int
    payment_id: int
