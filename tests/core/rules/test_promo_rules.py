"""Codes as people write them, what they take off, and dates by a clock on the wall."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.deep_link import LinkKind, Prefixed, parse_payload, promo_link
from core.rules.pricing import Terms, quote
from core.rules.promo import Discount, PromoKind, read_code, read_from_link, read_moment

PRICES = st.integers(0, 2_000_000_000)
DISCOUNTS = st.builds(Discount, st.sampled_from(PromoKind), st.integers(1, 2_000_000_000))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  лето ", "ЛЕТО"),
        ("Summer-20", "SUMMER-20"),
        ("a", ""),
        ("two words", ""),
        ("x" * 33, ""),
        ("<b>", ""),
    ],
)
def test_codes_are_read_as_they_are_written(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize("code", ["ЛЕТО", "SUMMER", "NEW_2030", "-20", "ÄRGER", "Я" * 20])
def test_every_code_has_a_link(code: str) -> None:
    link = parse_payload(promo_link(code))
    assert isinstance(link, Prefixed)
    assert (link.kind, read_from_link(link.value)) == (LinkKind.PROMO, code)


@pytest.mark.parametrize("value", ["-", "-!!", "-AA", "two words"])
def test_a_broken_link_carries_no_code(value: str) -> None:
    assert read_from_link(value) == ""


@pytest.mark.parametrize(
    ("discount", "price", "off"),
    [
        (Discount(PromoKind.PERCENT, 20), 990_000, 198_000),
        (Discount(PromoKind.PERCENT, 33), 1, 0),
        (Discount(PromoKind.PERCENT, 100), 990_001, 990_001),
        (Discount(PromoKind.AMOUNT, 50_000), 190_000, 50_000),
        (Discount(PromoKind.AMOUNT, 200_000), 190_000, 190_000),
        (Discount(PromoKind.FREE), 190_000, 190_000),
    ],
)
def test_what_a_code_takes_off(discount: Discount, price: int, off: int) -> None:
    assert discount.of(price) == off


@given(PRICES, st.integers(0, 2_000_000_000), st.integers(1, 12), DISCOUNTS)
def test_price_credit_and_discount_add_up(price: int, credit: int, parts: int, discount: Discount) -> None:
    found = quote(Terms(price, credit, parts, discount=discount))
    assert sum(found.charges) == price - found.credit - found.discount
    assert min(found.charges) >= 0
    assert found.discount <= price - found.credit


@pytest.mark.parametrize(
    ("text", "is_end", "moment"),
    [
        ("2030-08-31", True, datetime(2030, 8, 31, 21, tzinfo=UTC)),
        ("2030-08-31", False, datetime(2030, 8, 30, 21, tzinfo=UTC)),
        ("2030-08-31T18:00", True, datetime(2030, 8, 31, 15, tzinfo=UTC)),
        ("2030-08-31T18:00+00:00", True, datetime(2030, 8, 31, 18, tzinfo=UTC)),
    ],
)
def test_a_date_is_of_the_authors_zone(text: str, is_end: bool, moment: datetime) -> None:
    assert read_moment(text, "Europe/Moscow", is_end=is_end) == moment
