"""What a partner earns by a sale: whose it is, how much, and from when it may be paid out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.money import read_money
from core.text.refusal import MOST_GIVEN, Refused

LEVELS = ("first", "second")  # who brought the buyer, and who brought that partner
WHOLE = 10_000  # hundredths of a percent


class Touch(StrEnum):
    """Which partner's link counts, if a buyer has followed several."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what was paid, in hundredths of a percent, or a sum in minor units."""

    parts: int = 0
    sum: int = 0

    def of(self, paid: int) -> int:
        """What it is of a payment: never more than that, and rounded down."""
        return min(paid, self.sum or paid * self.parts // WHOLE)


@dataclass(frozen=True, slots=True)
class PartnerRules:
    """What an owner has decided: whose link counts and how long, and how long a commission waits for a refund."""

    touch: Touch = Touch.FIRST
    window_days: int = 0  # from the link to the order; 0: for good
    hold_days: int = 14


def read_share(text: str, currency: str) -> Share:
    """`20%`, `7.5%` or a sum in major units; raises ValueError for what is neither or more than everything."""
    word = text.strip().replace(",", ".")
    if not word.endswith("%"):
        return Share(sum=read_money(word, currency))
    whole, _, cents = word[:-1].strip().partition(".")
    if not whole.isdecimal() or (cents and not cents.isdecimal()) or len(cents) > 2 or len(whole) > 3:  # noqa: PLR2004 - hundredths, of a hundred
        raise Refused("refused-no-share", given=text[:MOST_GIVEN])
    share = Share(parts=int(whole) * 100 + int((cents + "00")[:2]))
    if share.parts > WHOLE:
        raise Refused("refused-share-above", given=text[:MOST_GIVEN])
    return share


def read_commission(written: Mapping[str, str], currency: str) -> tuple[Share, ...]:
    """The shares by level of a tariff's `commission`; raises ValueError for what cannot be paid."""
    if unknown := [name for name in written if name not in LEVELS]:
        raise Refused("refused-no-level", given=unknown[0][:MOST_GIVEN], expected=", ".join(LEVELS))
    shares = tuple(read_share(written.get(name, "0%"), currency) for name in LEVELS)
    if sum(share.parts for share in shares) > WHOLE:
        raise Refused("refused-levels-above")
    return shares


def find_touch(
    touches: Sequence[tuple[int, datetime]], ordered_at: datetime, rules: PartnerRules
) -> int | None:
    """The partner whose link led to an order, of (partner, moment); None if no link of the window did."""
    window = timedelta(days=rules.window_days)
    counted = [
        (at, partner)
        for partner, at in touches
        if at <= ordered_at and (not rules.window_days or ordered_at - at <= window)
    ]
    if not counted:
        return None
    return (min(counted) if rules.touch is Touch.FIRST else max(counted))[1]


def taken_back(earned: int, paid: int, refunded: int) -> int:
    """What of a commission goes back when so much of its payment did: of the whole, all of it."""
    return earned if refunded >= paid else earned * refunded // paid
