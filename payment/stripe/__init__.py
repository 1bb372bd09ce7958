"""Stripe: cards and wallets in most currencies, by Checkout pages."""

from typing import Any

from payment.base import PaymentProvider
from payment.spec import ProviderSpec, Surroundings
from payment.stripe.settings import StripeSettings


def _build(settings: Any, around: Surroundings) -> PaymentProvider:
    from payment.stripe.provider import StripeProvider  # its library takes a second to load

    return StripeProvider(settings, around)


SPEC = ProviderSpec("stripe", StripeSettings, _build, {"ru": "Зарубежной картой", "en": "By card (Stripe)"})
