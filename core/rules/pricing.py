"""What somebody would pay for a tariff now: pure sums of minor units, of one currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.rules.promo import Discount


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sum follows from: the tariff's price, and what was paid already for all that it includes."""

    price: int
    credit: int = 0
    parts: int = 1  # charges that the price is divided into
    is_trial: bool = False  # nothing is paid to begin with
    discount: Discount | None = None  # of a promo code, on what remains


@dataclass(frozen=True, slots=True)
class Quote:
    """What is to be paid; the charges are `price` less `credit` and `discount`."""

    price: int
    credit: int
    charges: tuple[int, ...]
    is_trial: bool = False
    discount: int = 0
    promo: str = ""  # the code that takes it off

    @property
    def due(self) -> int:
        """What is paid now."""
        return 0 if self.is_trial else self.charges[0]


def quote(terms: Terms) -> Quote:
    """The sums for these terms; never less than nothing, however much was paid before."""
    credit = min(max(terms.credit, 0), terms.price)
    discount = terms.discount.of(terms.price - credit) if terms.discount else 0
    charges = split(terms.price - credit - discount, terms.parts)
    return Quote(terms.price, credit, charges, terms.is_trial, discount)


def in_stars(stars: int | None, price: int, due: int) -> int | None:
    """The part of a price in Stars that belongs to what is due of the price; never less than one Star."""
    if stars is None or price <= 0:
        return None
    return max(-(-stars * due // price), 1)


def split(total: int, parts: int) -> tuple[int, ...]:
    """Equal charges that are `total` together; what cannot be divided is paid with the first ones."""
    each, rest = divmod(total, parts)
    return tuple(each + (number < rest) for number in range(parts))


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came for something they have; for a subscription, with the period that it paid."""

    amount: int
    refunded: int = 0
    since: datetime | None = None
    until: datetime | None = None


def credit_of(payments: Iterable[Paid], now: datetime) -> int:
    """What is taken off for these: what was paid and not given back, of a period the share that is not used yet."""
    return sum(_worth(payment, now) for payment in payments)


def _worth(paid: Paid, now: datetime) -> int:
    amount = max(paid.amount - paid.refunded, 0)
    if paid.since is None or paid.until is None or paid.until <= paid.since:
        return amount
    whole = int((paid.until - paid.since).total_seconds())
    left = min(max(int((paid.until - now).total_seconds()), 0), whole)
    return amount * left // whole
