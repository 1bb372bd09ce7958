"""Robokassa: cards, SBP and instalments for Russian shops, by signed links that are confirmed by asking."""

from payment.robokassa.provider import RobokassaProvider
from payment.robokassa.settings import RobokassaSettings
from payment.spec import ProviderSpec

SPEC = ProviderSpec(
    "robokassa",
    RobokassaSettings,
    RobokassaProvider,
    {"ru": "Картой или через СБП", "en": "By card or SBP"},
    frozenset({"RUB"}),
)
