"""Amounts as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import SIGNS, show_money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (490_000, "RUB", "4 900 ₽"),
        (0, "RUB", "0 ₽"),
        (5, "EUR", "0,05 €"),
        (190_050, "USD", "1 900,50 $"),
        (100_000_000_00, "RUB", "100 000 000 ₽"),
        (100, "KZT", "1 KZT"),
        (-150, "RUB", "-1,50 ₽"),
        (-100_000, "EUR", "-1 000 €"),
    ],
)
def test_amounts_are_shown(amount: int, currency: str, shown: str) -> None:
    assert show_money(amount, currency).replace("\N{NO-BREAK SPACE}", " ") == shown


@given(st.integers(-(10**12), 10**12), st.sampled_from([*SIGNS, "KZT"]))
def test_what_is_shown_is_the_amount_and_never_breaks_the_line(amount: int, currency: str) -> None:
    shown = show_money(amount, currency)
    digits = shown.rpartition("\N{NO-BREAK SPACE}")[0].replace("\N{NO-BREAK SPACE}", "")
    whole, _, part = digits.partition(",")
    assert int(whole + (part or "00")) == amount
    assert " " not in shown
