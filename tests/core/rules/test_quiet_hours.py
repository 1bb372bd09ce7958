"""Hours of the day against a clock that is read minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules.local_hour import LocalHour
from core.rules.quiet_hours import Hours, parse_hours

ZONES = (
    "UTC",
    "Europe/Lisbon",
    "Asia/Vladivostok",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
MINUTE = timedelta(minutes=1)
# Around changes of the clocks in these zones.
MOMENTS = st.integers(0, 60 * 24 * 330).map(
    lambda minutes: datetime(2030, 1, 20, tzinfo=UTC) + minutes * MINUTE
)
CLOCKS = st.builds(LocalHour, st.integers(0, 23), st.integers(0, 59))


def shows(moment: datetime, zone: str) -> tuple[int, int]:
    wall = moment.astimezone(ZoneInfo(zone))
    return wall.hour, wall.minute


def is_inside(hours: Hours, moment: datetime, zone: str) -> bool:
    """By walking from the beginning to the end, a minute at a time."""
    hour, minute = hours.start.hour, hours.start.minute
    while (hour, minute) != (hours.end.hour, hours.end.minute):
        if (hour, minute) == shows(moment, zone):
            return True
        minute += 1
        hour, minute = (hour + minute // 60) % 24, minute % 60
    return False


@given(st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1]), MOMENTS, st.sampled_from(ZONES))
@settings(max_examples=60, deadline=None)
def test_they_are_left_and_reached_at_the_first_such_minute(
    pair: tuple[LocalHour, LocalHour], moment: datetime, zone: str
) -> None:
    hours = Hours(*pair)
    assert hours.covers(moment, zone) == is_inside(hours, moment, zone)
    left, reached = hours.leave(moment, zone), hours.reach(moment, zone)
    assert hours.covers(moment, zone) == (left != moment)
    assert hours.covers(moment, zone) == (reached == moment)
    # Up to two days on, as a skipped hour may begin or end them; what is in between is all of one kind.
    for found, inside in ((left, True), (reached, False)):
        before = moment
        while before < found:
            assert is_inside(hours, before, zone) is inside or skips(before, zone)
            before += 7 * MINUTE


def skips(moment: datetime, zone: str) -> bool:
    """Whether the clocks are changed on this day."""
    day = timedelta(days=1)
    place = ZoneInfo(zone)
    return (moment - day).astimezone(place).utcoffset() != (moment + day).astimezone(place).utcoffset()


@pytest.mark.parametrize("text", ["", "22:00", "22-9", "25:00-09:00", "22:00-22:00", "a-b"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|nothing"):
        parse_hours(text)


def test_they_are_written_as_they_are_read() -> None:
    assert str(parse_hours("22:00-9:00")) == "22:00-09:00"
