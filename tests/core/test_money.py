"""Amounts as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import SIGNS, WHOLE_CURRENCIES, read_money, show_money, write_money


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


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (490_000, "RUB", "₽4,900"),
        (190_050, "USD", "$1,900.50"),
        (0, "EUR", "€0"),
        (-150, "RUB", "-₽1.50"),
        (100_000_00, "CHF", "CHF 100,000"),
    ],
)
def test_english_readers_see_it_their_way(amount: int, currency: str, shown: str) -> None:
    assert show_money(amount, currency, "en").replace("\N{NO-BREAK SPACE}", " ") == shown


@given(st.integers(-(10**12), 10**12), st.sampled_from([*SIGNS, "KZT"]))
def test_what_is_shown_is_the_amount_and_never_breaks_the_line(amount: int, currency: str) -> None:
    shown = show_money(amount, currency)
    digits = shown.rpartition("\N{NO-BREAK SPACE}")[0].replace("\N{NO-BREAK SPACE}", "")
    whole, _, part = digits.partition(",")
    assert int(whole + (part or ("" if currency in WHOLE_CURRENCIES else "00"))) == amount
    assert " " not in shown


@pytest.mark.parametrize(
    ("text", "amount"),
    [("9900.00", 990_000), ("9900", 990_000), ("0.5", 50), ("1900.05", 190_005), (" 1.00 ", 100)],
)
def test_a_sum_in_major_units_is_read(text: str, amount: int) -> None:
    assert read_money(text, "RUB") == amount
    assert read_money(write_money(amount, "RUB"), "RUB") == amount


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(-150, "RUB", "-1.50"), (-1, "RUB", "-0.01"), (0, "RUB", "0.00"), (-7, "XTR", "-7"), (7, "XTR", "7")],
)
def test_sums_below_zero_are_written_as_they_are(amount: int, currency: str, written: str) -> None:
    assert write_money(amount, currency) == written


def test_stars_have_no_minor_part() -> None:
    assert (read_money("450", "XTR"), read_money("450.00", "XTR")) == (450, 450)
    assert write_money(450, "XTR") == "450"
    assert show_money(4500, "XTR", "en") == "⭐4,500"
    with pytest.raises(ValueError, match="is no sum"):
        read_money("450.50", "XTR")


@pytest.mark.parametrize(
    "text", ["", "much", "-1", "1.999", "1,5", "1e3", "٣", "9 900", "20000000.01", "9" * 40]
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no sum"):
        read_money(text, "RUB")
