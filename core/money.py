"""Money in minor units with its currency."""

import re

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}
MINOR = 100
NO_BREAK = "\N{NO-BREAK SPACE}"
MOST = 2_000_000_000  # what a column of the database holds
WRITTEN = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")


def show_money(amount: int, currency: str, language: str = "ru") -> str:
    """`490000, RUB` → `4 900 ₽`, in English `₽4,900`; the minor part is shown only if there is one."""
    whole, part = divmod(abs(amount), MINOR)
    minus = "-" if amount < 0 else ""
    if language == "en":
        shown = f"{whole:,}.{part:02d}" if part else f"{whole:,}"
        return f"{minus}{SIGNS.get(currency, currency + NO_BREAK)}{shown}"
    digits = f"{whole:,}".replace(",", NO_BREAK)
    shown = f"{digits},{part:02d}" if part else digits
    return f"{minus}{shown}{NO_BREAK}{SIGNS.get(currency, currency)}"


def read_money(text: str) -> int:
    """`9900.00` → 990000; ValueError for anything but digits with a point and at most two after it."""
    found = WRITTEN.fullmatch(text.strip()) if text.isascii() else None
    amount = int(found[1]) * MINOR + int((found[2] or "").ljust(2, "0")) if found else MOST + 1
    if amount > MOST:
        raise ValueError(f'{text[:20]!r} is no sum; write it as "9900.00"')
    return amount


def write_money(amount: int) -> str:
    """990000 → `9900.00`."""
    return f"{amount // MINOR}.{amount % MINOR:02d}"
