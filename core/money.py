"""Money in minor units with its currency."""

SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}
MINOR = 100


def show_money(amount: int, currency: str) -> str:
    """`490000, RUB` → `4 900 ₽`; the minor part is shown only if there is one."""
    whole, part = divmod(abs(amount), MINOR)
    digits = f"{whole:,}".replace(",", "\N{NO-BREAK SPACE}")
    shown = f"{digits},{part:02d}" if part else digits
    return f"{'-' if amount < 0 else ''}{shown}\N{NO-BREAK SPACE}{SIGNS.get(currency, currency)}"
