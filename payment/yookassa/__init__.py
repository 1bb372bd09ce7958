"""YooKassa: cards, SBP and wallets in roubles; payments are confirmed by asking, notifications are hints."""

from typing import Any

from payment.base import PaymentProvider
from payment.spec import ProviderSpec, Surroundings
from payment.yookassa.settings import YookassaSettings


def _build(settings: Any, around: Surroundings) -> PaymentProvider:
    from payment.yookassa.provider import YookassaProvider  # its models take a tenth of a second to load

    return YookassaProvider(settings, around)


SPEC = ProviderSpec("yookassa", YookassaSettings, _build)
