"""How money is written into the books: each happening as lines whose amounts are 0 together.

Positive is what somebody has or owes us, negative what we owe or have earned. `provider` is the money that lies at
the providers for us, `buyer` what belongs to buyers, such as an order paid twice.
"""

from collections.abc import Mapping
from enum import StrEnum


class Book(StrEnum):
    """Whose money a line of the ledger is."""

    BUYER = "buyer"
    REVENUE = "revenue"
    FEE = "fee"
    PARTNER = "partner"
    REFUND = "refund"
    DISCOUNT = "discount"
    PROVIDER = "provider"


Lines = Mapping[Book, int]  # minor units of one currency


def sale(paid: int, discount: int = 0) -> Lines:
    """Something was sold for its price less a discount, and that is paid."""
    return _balanced({Book.PROVIDER: paid, Book.DISCOUNT: discount, Book.REVENUE: -(paid + discount)})


def surplus(paid: int) -> Lines:
    """Money came for which nothing is given: it is the buyer's."""
    return _balanced({Book.PROVIDER: paid, Book.BUYER: -paid})


def fee(amount: int) -> Lines:
    """What a provider kept for itself of a payment."""
    return _balanced({Book.FEE: amount, Book.PROVIDER: -amount})


def refund(amount: int, *, of_surplus: bool = False) -> Lines:
    """Money went back, of a sale or of what was the buyer's anyway."""
    return _balanced({Book.BUYER if of_surplus else Book.REFUND: amount, Book.PROVIDER: -amount})


def commission(amount: int) -> Lines:
    """A partner's share of a sale is due; a negative one is taken back."""
    return _balanced({Book.REVENUE: amount, Book.PARTNER: -amount})


def payout(amount: int) -> Lines:
    """A partner was paid out of our own pocket: no payment at a provider changes by it."""
    return _balanced({Book.PARTNER: amount, Book.PROVIDER: -amount})


def _balanced(lines: Lines) -> Lines:
    """The lines that say something; ValueError if they are not 0 together."""
    if sum(lines.values()):
        raise ValueError(f"these lines are not 0 together: {dict(lines)}")
    return {book: amount for book, amount in lines.items() if amount}
