"""Money in minor units with its currency."""

import re

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}
MINOR = 100
MOST = 2_000_000_000  # what a column of the database holds
WRITTEN = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")


def show_money(amount: int, currency: str) -> str:
    """`490000, RUB` → `4 900 ₽`; the minor part is shown only if there is one."""
    whole, part = divmod(abs(amount), MINOR)
    digits = f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}")
    shown = f"{digits},{part:02d}" if part else digits
    return f"{'-' if amount < 0 else ''}{shown}\N{NO-BREAK SPACE}{SIGNS.get(currency, currency)}"


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
