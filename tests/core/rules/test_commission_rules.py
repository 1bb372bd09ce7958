"""Whose sale it is and what is earned by it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.rules.commission import (
    PartnerRules,
    Share,
    Touch,
    find_touch,
    read_commission,
    read_share,
    taken_back,
)

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "paid", "earned"),
    [
        ("20%", 190_000, 38_000),
        ("7.5%", 1_000, 75),
        ("7,5 %", 1_000, 75),
        ("100%", 1_000, 1_000),
        ("0%", 1_000, 0),
        ("33%", 100, 33),
        ("500.00", 190_000, 50_000),
        ("500", 190_000, 50_000),
        ("5000", 190_000, 190_000),  # never more than was paid
    ],
)
def test_a_share_of_a_payment(text: str, paid: int, earned: int) -> None:
    assert read_share(text, "RUB").of(paid) == earned


@pytest.mark.parametrize("text", ["", "%", "many", "-5%", "101%", "1000%", "1.234%", "20%%", "5.001"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_share(text, "RUB")


@pytest.mark.parametrize(
    ("written", "words"),
    [({"third": "1%"}, "no level"), ({"first": "80%", "second": "30%"}, "together")],
)
def test_a_commission_that_cannot_be_paid(written: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_commission(written, "RUB")


def test_a_level_that_is_not_named_earns_nothing() -> None:
    assert read_commission({"first": "20%"}, "RUB") == (Share(parts=2000), Share())


@pytest.mark.parametrize(
    ("rules", "partner"),
    [
        (PartnerRules(Touch.FIRST), 1),
        (PartnerRules(Touch.LAST), 3),
        (PartnerRules(Touch.FIRST, window_days=10), 2),
        (PartnerRules(Touch.LAST, window_days=1), None),
        (PartnerRules(Touch.FIRST, window_days=2), 3),
    ],
)
def test_the_first_or_the_last_link_of_the_window_counts(rules: PartnerRules, partner: int | None) -> None:
    touches = [(1, NOW - 40 * DAY), (2, NOW - 9 * DAY), (3, NOW - 2 * DAY), (4, NOW + DAY)]
    assert find_touch(touches, NOW, rules) == partner


@given(some.integers(0, 10**7), some.integers(1, 10**7), some.lists(some.integers(1, 10**6), max_size=5))
def test_refunds_take_back_no_more_than_was_earned(earned: int, paid: int, refunds: list[int]) -> None:
    earned = min(earned, paid)
    back = [taken_back(earned, paid, min(sum(refunds[: n + 1]), paid)) for n in range(len(refunds))]
    assert all(0 <= one <= earned for one in back)
    assert back == sorted(back)
    assert taken_back(earned, paid, paid) == earned
