"""Prodamus: pay forms for Russian schools; there is nobody to ask, the signed notification is all there is."""

from payment.prodamus.provider import ProdamusProvider
from payment.prodamus.settings import ProdamusSettings
from payment.spec import ProviderSpec

SPEC = ProviderSpec(
    "prodamus",
    ProdamusSettings,
    ProdamusProvider,
    {"ru": "Картой или в рассрочку", "en": "By card or in parts"},
    frozenset({"RUB", "USD", "EUR", "KZT"}),
    can_be_asked=False,
    can_give_back=False,
)
