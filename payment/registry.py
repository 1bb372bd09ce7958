"""The payment providers by name: one line each."""

from collections.abc import Callable, Mapping

from core.clock import Clock
from payment.base import PaymentProvider
from payment.mock import MockProvider

PROVIDERS: Mapping[str, Callable[[Clock], PaymentProvider]] = {
    "mock": MockProvider,
}


def build_provider(name: str, clock: Clock) -> PaymentProvider:
    """The provider of that name; ValueError lists the known ones."""
    if name not in PROVIDERS:
        raise ValueError(f"PAYMENT_PROVIDER={name!r} is none of: {', '.join(PROVIDERS)}")
    return PROVIDERS[name](clock)
