"""The ways in which people may pay here, as far as use cases need to know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.money import STARS, Money


class ContactNeed(StrEnum):
    """Whose contact a provider wants for its receipt."""

    NONE = "none"
    EMAIL = "email"
    ANY = "any"  # an e-mail or a phone number


@dataclass(frozen=True, slots=True)
class PayWay:
    """A provider that takes new payments; `title` is what its button says, by language."""

    provider: str
    title: Mapping[str, str] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()  # empty: whatever its account takes
    contact: ContactNeed = ContactNeed.NONE
    holds: bool = False  # money is set aside first, and taken when an admin says so

    def charge(self, price: Money, stars: int | None) -> Money | None:
        """What is paid this way for a price, which may have another one in Stars; None where it cannot be paid so."""
        if not self.currencies or price.currency in self.currencies:
            return price
        return Money(stars, STARS) if stars and STARS in self.currencies else None
