"""What a payment provider must do, and the values it speaks in. Amounts are minor units with a currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class PaymentState(StrEnum):
    """What the provider says about a payment."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class PaymentRequest:
    """A payment to be made; `payment_id` is ours, the idempotency key of the call."""

    payment_id: int
    amount: int
    currency: str
    description: str


@dataclass(frozen=True)
class Invoice:
    """A payment the provider knows; `url` is where she pays, if she has to go anywhere."""

    external_id: str
    url: str | None
    check_after: timedelta


@dataclass(frozen=True)
class Notice:
    """What a provider's webhook says; it is never believed without asking back."""

    external_id: str
    state: PaymentState


class ProviderError(Exception):
    """The provider said no (`permanent`) or could not be asked now."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class PaymentProvider(Protocol):
    """One way to take money. All methods may raise ProviderError."""

    name: str

    async def create_payment(self, request: PaymentRequest) -> Invoice:
        """Make a payment; the same `payment_id` again gives the same invoice."""
        ...

    async def check_payment_status(self, external_id: str) -> PaymentState:
        """Ask how a payment stands."""
        ...

    def process_webhook(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Read a notification; permanent ProviderError if it is not the provider's."""
        ...
