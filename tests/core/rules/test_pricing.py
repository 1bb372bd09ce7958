"""What a tariff costs a person: sums that meet to the last kopek."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.rules.pricing import Paid, Terms, credit_of, quote, split

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
SUMS = st.integers(0, 2_000_000_000)


@given(SUMS, SUMS, st.integers(1, 24))
def test_credit_and_charges_are_the_price(price: int, credit: int, parts: int) -> None:
    told = quote(Terms(price, credit, parts))
    assert told.credit + sum(told.charges) == price
    assert len(told.charges) == parts
    assert max(told.charges) - min(told.charges) <= 1
    assert told.due == told.charges[0] == max(told.charges)


def test_a_trial_costs_nothing_to_begin_with() -> None:
    told = quote(Terms(9900, is_trial=True))
    assert (told.due, told.charges) == (0, (9900,))


def test_what_cannot_be_divided_comes_first() -> None:
    assert split(100_00, 3) == (3334, 3333, 3333)


def test_of_a_period_only_what_is_left_is_taken_off() -> None:
    month = Paid(3000, 0, NOW - timedelta(days=10), NOW + timedelta(days=20))
    over = Paid(3000, 0, NOW - timedelta(days=60), NOW - timedelta(days=30))
    ahead = Paid(3000, 1000, NOW + timedelta(days=1), NOW + timedelta(days=31))
    assert [credit_of([one], NOW) for one in (month, over, ahead)] == [2000, 0, 2000]
    assert credit_of([month, Paid(1900, 400), Paid(100, 500)], NOW) == 2000 + 1500
