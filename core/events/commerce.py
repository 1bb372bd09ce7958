"""Money, access and invites."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OrderPaid:
    """The money for an order is certain."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class MoneyHeld:
    """The money of a payment is set aside: somebody has to take it or let it go."""

    payment_id: int


@dataclass(frozen=True)
class HoldEnded:
    """Money that was set aside has been taken, or let go, by whomever."""

    payment_id: int
    is_taken: bool


@dataclass(frozen=True)
class PaidTwice:
    """An order that had been paid was paid once more, by this payment."""

    order_id: int
    payment_id: int


@dataclass(frozen=True)
class RefundSeen:
    """A provider says how much of a payment has gone back, all its refunds together."""

    payment_id: int
    refunded: int


@dataclass(frozen=True)
class PaymentRefunded:
    """Money of a payment has gone back, once per refund; `is_whole`: nothing of the payment remains.

    `is_surplus`: it was money for which nothing had been given.
    """

    order_id: int
    payment_id: int
    refund_id: int
    amount: int
    is_whole: bool
    is_surplus: bool


@dataclass(frozen=True)
class AccessGranted:
    """A person may now take the tariff's course and join its groups."""

    access_id: int
    order_id: int | None
    contact_id: int
    tariff_id: int


@dataclass(frozen=True)
class AccessRevoked:
    """A person may no longer take the tariff's course; it can be given back."""

    access_id: int
    contact_id: int
    tariff_id: int


@dataclass(frozen=True)
class PaymentFailed:
    """An order will not be paid any more."""

    order_id: int


@dataclass(frozen=True)
class InvitesIssued:
    """All invite links a run waited for are there, or could not be made."""

    run_id: int
    visit: int
    links: Mapping[str, str]  # title of the group → link
    failed: bool


@dataclass(frozen=True)
class ChargePaid:
    """The money for a period of a subscription, or for an instalment, is certain."""

    subscription_id: int
    payment_id: int


@dataclass(frozen=True)
class ChargeFailed:
    """A charge did not come through; `advice` is the provider's word for what helps.

    Unless `is_known`, nobody could find out whether it did.
    """

    subscription_id: int
    payment_id: int
    advice: str
    is_known: bool


@dataclass(frozen=True)
class RenewalStopped:
    """A provider renews something no more, because the person has said so there; named by a payment or a profile."""

    provider: str
    payment_id: int | None
    profile: str


@dataclass(frozen=True)
class RenewalSeen:
    """A provider has renewed something by itself; `facts` are what it says, `payment_id` ours that it names."""

    provider: str
    payment_id: int | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class TariffSold:
    """A tariff is on sale, as it may have been before."""

    code: str
