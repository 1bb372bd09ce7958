"""Moments that people and other programs write."""

from datetime import UTC, datetime

import pytest

from core.rules.moments import parse_moment


@pytest.mark.parametrize(
    ("text", "zone", "hour"),
    [
        ("2030-09-01", "UTC", 0),
        ("2030-09-01T09:00", "Europe/Moscow", 6),
        (" 2030-09-01 09:00 ", "UTC", 9),
        ("2030-09-01T09:00+03:00", "Asia/Tokyo", 6),
        ("2030-09-01T09:00:00Z", "Asia/Tokyo", 9),
    ],
)
def test_a_moment_is_read_as_an_instant(text: str, zone: str, hour: int) -> None:
    assert parse_moment(text, zone) == datetime(2030, 9, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31", "2030-13-01"]
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_what_no_clock_shows_is_refused_in_words(text: str, zone: str) -> None:
    with pytest.raises(ValueError, match="is no moment; write 2030-09-01T09:00"):
        parse_moment(text, zone)
