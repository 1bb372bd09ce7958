"""YooKassa: cards, SBP and wallets in roubles; payments are confirmed by asking, notifications are hints."""

from typing import Any

from core.pay_ways import ContactNeed
from payment.base import PaymentProvider
from payment.spec import ProviderSpec, Surroundings
from payment.yookassa.settings import Capture, ReceiptBy, YookassaSettings


def _build(settings: Any, around: Surroundings) -> PaymentProvider:
    from payment.yookassa.provider import YookassaProvider  # its models take a tenth of a second to load

    return YookassaProvider(settings, around)


NEEDS = {
    ReceiptBy.NONE: ContactNeed.NONE,
    ReceiptBy.EMAIL: ContactNeed.EMAIL,
    ReceiptBy.CONTACT: ContactNeed.ANY,
}

SPEC = ProviderSpec(
    "yookassa",
    YookassaSettings,
    _build,
    {"ru": "Картой или через СБП", "en": "By card or SBP"},
    frozenset({"RUB"}),
    {"ru": "ЮKassa", "en": "YooKassa"},
    lambda settings: NEEDS[settings.receipt],
    lambda settings: settings.capture is Capture.MANUAL,
)
