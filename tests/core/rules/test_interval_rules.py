from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.interval import Interval, parse_interval

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30s", Interval(0, 30)),
        ("1h:30m", Interval(0, 5400)),
        ("1d:2h:3m:4s", Interval(1, 7384)),
        ("1d2h", Interval(1, 7200)),
        ("90m", Interval(0, 5400)),
        ("0s", Interval()),
        (" 2D ", Interval(2)),
        ("1d:4s", Interval(1, 4)),
    ],
)
def test_intervals_are_read(text: str, interval: Interval) -> None:
    assert parse_interval(text) == interval


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "1",
        "1x",
        "d",
        "-1d",
        "1.5h",
        "2h:1d",
        "1d:",
        ":1d",
        "1d::2h",
        "1 d",
        "99999d",
        "١d",
        "6000000m",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no interval"):
        parse_interval(text)


def test_the_length_of_a_day_is_an_argument() -> None:
    interval = parse_interval("2d:1h")
    assert interval.length(DAY) == timedelta(days=2, hours=1)
    assert interval.length(timedelta(seconds=10)) == timedelta(hours=1, seconds=20)


@given(st.integers(0, 9999), st.integers(0, 10**8))
def test_intervals_round_trip(days: int, seconds: int) -> None:
    interval = Interval(days, seconds)
    assert parse_interval(str(interval)) == interval


@given(st.text("0123456789dhms:", max_size=12))
def test_whatever_is_read_can_be_written_and_read_again(text: str) -> None:
    try:
        interval = parse_interval(text)
    except ValueError:
        return
    assert parse_interval(str(interval)) == interval
    assert interval.length(DAY) >= timedelta()
