"""Money in minor units with its currency."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.text.refusal import Refused

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "XTR": "⭐"}
STARS = "XTR"  # Telegram's own
WHOLE_CURRENCIES = frozenset({STARS})  # no minor part
MINOR = 100
NO_BREAK = "\N{NO-BREAK SPACE}"
MOST = 2_000_000_000  # what a column of the database holds
WRITTEN = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of its currency; in a currency without a minor part, in whole ones."""

    amount: int
    currency: str

    def __str__(self) -> str:
        """In major units with a point and the currency: `1900.00 RUB`."""
        return f"{write_money(self.amount, self.currency)} {self.currency}"


def minor_of(currency: str) -> int:
    """How many minor units make a major one."""
    return 1 if currency in WHOLE_CURRENCIES else MINOR


def show_money(amount: int, currency: str, language: str = "ru") -> str:
    """`490000, RUB` → `4 900 ₽`, in English `₽4,900`; the minor part is shown only if there is one."""
    whole, part = divmod(abs(amount), minor_of(currency))
    minus = "-" if amount < 0 else ""
    if language == "en":
        shown = f"{whole:,}.{part:02d}" if part else f"{whole:,}"
        return f"{minus}{SIGNS.get(currency, currency + NO_BREAK)}{shown}"
    digits = f"{whole:,}".replace(",", NO_BREAK)
    shown = f"{digits},{part:02d}" if part else digits
    return f"{minus}{shown}{NO_BREAK}{SIGNS.get(currency, currency)}"


def read_money(text: str, currency: str) -> int:
    """`9900.00` → 990000; ValueError for anything but digits with a point, or for what is finer than the currency."""
    match = WRITTEN.fullmatch(text.strip()) if text.isascii() else None
    minor = minor_of(currency)
    amount = int(match[1]) * minor if match else MOST + 1
    if match and match[2]:
        part = int(match[2].ljust(2, "0"))
        amount = amount + part if minor == MINOR else (amount if part == 0 else MOST + 1)
    if amount > MOST:
        raise Refused("refused-no-sum", given=text[:20])
    return amount


def write_money(amount: int, currency: str) -> str:
    """990000 → `9900.00`; in a currency without a minor part `5`."""
    return str(to_major(amount, currency))


def to_major(amount: int, currency: str) -> Decimal:
    """990000 → 9900.00 as a number for tables."""
    return Decimal(amount) if minor_of(currency) == 1 else Decimal(amount).scaleb(-2)
