"""Money, access and invites."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OrderPaid:
    """The money for an order is certain."""

    order_id: int
    payment_id: int


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
