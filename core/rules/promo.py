"""Promo codes as people write them, what one takes off a price, and when it counts."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.rules.local_time import to_instant
from core.rules.moments import parse_moment

WHOLE = 100  # percent
_CODE = re.compile(r"[\w-]{2,32}")
_PLAIN = re.compile(r"[A-Z0-9][A-Z0-9_-]*")
_ENCODED = "-"  # begins what a link carries of a code with other letters than A to Z


class PromoKind(StrEnum):
    """What a code takes off."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Discount:
    """What a code takes off a price; `value` is percent, or minor units of the price's currency."""

    kind: PromoKind
    value: int = 0

    def of(self, price: int) -> int:
        """How much of a price is taken off: never more than all of it, parts of a minor unit stay with the seller."""
        match self.kind:
            case PromoKind.PERCENT:
                return price * min(self.value, WHOLE) // WHOLE
            case PromoKind.AMOUNT:
                return min(self.value, price)
            case PromoKind.FREE:
                return price


def read_code(text: str) -> str:
    """A code as it is kept: `  лето ` is ЛЕТО; empty for what is none."""
    code = text.strip().upper()
    return code if _CODE.fullmatch(code) else ""


def write_for_link(code: str) -> str:
    """The code as a start link carries it; Telegram lets only Latin letters into one."""
    if _PLAIN.fullmatch(code):
        return code
    return _ENCODED + base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def read_from_link(value: str) -> str:
    """The code that a start link carries; empty for what is none."""
    if not value.startswith(_ENCODED):
        return read_code(value)
    text = value.removeprefix(_ENCODED)
    try:
        return read_code(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    except (binascii.Error, ValueError):
        return ""


def read_moment(text: str, zone: str, *, is_end: bool = False) -> datetime:
    """`2026-08-31` is the beginning of that day in `zone`, or its end; `2026-08-31T18:00` that moment there.

    Raises ValueError for what is no date.
    """
    at = parse_moment(text, zone)
    if not is_end or len(text.strip()) > len("2026-08-31"):
        return at
    return to_instant(datetime.fromisoformat(text.strip()) + timedelta(days=1), zone)
