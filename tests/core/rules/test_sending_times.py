"""Local hours of a broadcast: everybody at their minute, once, also where the clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.rules.local_hour import LocalHour, parse_hour
from core.rules.quiet_hours import parse_hours
from core.rules.sending_times import SendingTimes

ZONES = (
    "Pacific/Pago_Pago", "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Chicago", "America/New_York", "America/Halifax", "America/St_Johns", "America/Sao_Paulo",
    "Atlantic/Azores", "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Asia/Tehran",
    "Asia/Dubai", "Asia/Kabul", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo",
    "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Chatham",
)  # fmt: skip
CHANGES = (
    datetime(2026, 3, 8, tzinfo=UTC),  # North America, forwards
    datetime(2026, 3, 29, tzinfo=UTC),  # Europe, forwards
    datetime(2026, 4, 5, tzinfo=UTC),  # Australia, backwards
    datetime(2026, 10, 4, tzinfo=UTC),  # Australia, forwards; Lord Howe by half an hour
    datetime(2026, 10, 25, tzinfo=UTC),  # Europe, backwards
    datetime(2026, 11, 1, tzinfo=UTC),  # North America, backwards
)


@pytest.mark.parametrize("hour", ["00:00", "01:15", "02:30", "09:00", "19:00"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: f"{one:%d.%m}")
def test_at_their_minute_or_the_first_valid_one(hour: str, change: datetime) -> None:
    """A naive search minute by minute finds the same instant."""
    times = SendingTimes(hour=parse_hour(hour))
    for zone in ZONES:
        for start in (change - timedelta(hours=20), change, change + timedelta(hours=5, minutes=31)):
            assert times.first_moment(start, zone) == search(start, zone, parse_hour(hour)), (zone, start)


def search(start: datetime, zone: str, hour: LocalHour) -> datetime:
    """The first minute from `start` on whose wall shows the hour, or has just jumped over it."""
    place, at = ZoneInfo(zone), start.replace(second=0, microsecond=0)
    before = (at - timedelta(minutes=1)).astimezone(place).replace(tzinfo=None)
    while True:
        wall = at.astimezone(place).replace(tzinfo=None)
        wanted = wall.replace(hour=hour.hour, minute=hour.minute)
        came_again = wall < before  # the clock was put back: what it shows now it has shown before
        if wall == wanted and not (came_again or _has_shown(at, place, wall)):
            return at
        if before < wanted <= wall and wall - before > timedelta(minutes=1):
            return at
        before, at = wall, at + timedelta(minutes=1)


def _has_shown(at: datetime, place: ZoneInfo, wall: datetime) -> bool:
    """Whether the clock showed it before it was put back."""
    return bool(wall.replace(tzinfo=place, fold=0).astimezone(UTC) < at)


def test_once_a_day_at_most_and_within_a_day_and_an_hour() -> None:
    times = SendingTimes(hour=LocalHour(2, 30))
    for change in CHANGES:
        for zone in ZONES:
            first = times.first_moment(change - timedelta(days=1), zone)
            assert timedelta(0) <= first - (change - timedelta(days=1)) <= timedelta(hours=25)


def test_a_start_at_the_very_minute_is_today() -> None:
    at = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)
    assert SendingTimes(hour=LocalHour(19)).first_moment(at, "Europe/Moscow") == at


def test_a_window_is_waited_for_and_closes() -> None:
    times = SendingTimes(window=parse_hours("10:00-20:00"))
    night = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
    opens = times.first_moment(night, "Europe/Moscow")
    assert opens == datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
    assert times.end(opens, "Europe/Moscow") == datetime(2026, 6, 1, 17, 0, tzinfo=UTC)
    assert times.first_moment(night, "Asia/Tokyo") == night
    assert times.go_on(night, datetime(2026, 6, 1, 18, 0, tzinfo=UTC), "Europe/Moscow") == datetime(
        2026, 6, 2, 7, 0, tzinfo=UTC
    )


def test_what_is_late_does_not_come_at_night() -> None:
    times = SendingTimes(hour=LocalHour(21))
    planned = times.first_moment(datetime(2026, 6, 1, 12, 0, tzinfo=UTC), "UTC")
    assert times.go_on(planned, planned + timedelta(minutes=5), "UTC") == planned + timedelta(minutes=5)
    assert times.go_on(planned, planned + timedelta(hours=3), "UTC") == datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
    chosen = SendingTimes(hour=LocalHour(23))
    at = chosen.first_moment(datetime(2026, 6, 1, 12, 0, tzinfo=UTC), "UTC")
    assert chosen.go_on(at, at, "UTC") == at  # the hour was chosen


QUIET = parse_hours("22:00-09:00")


@pytest.mark.parametrize(
    ("times", "leaves"),
    [
        (SendingTimes(hour=parse_hour("23:00"), quiet=QUIET), "02 09:00"),
        (SendingTimes(hour=parse_hour("19:00"), quiet=QUIET), "01 19:00"),
        (SendingTimes(window=parse_hours("21:00-23:30"), quiet=QUIET), "01 21:00"),
        (SendingTimes(hour=parse_hour("22:30"), window=parse_hours("21:00-23:30"), quiet=QUIET), "02 21:00"),
    ],
)
def test_the_quiet_hours_of_the_bot_are_kept(times: SendingTimes, leaves: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 6, 1, 12, 0, tzinfo=berlin)
    assert f"{times.first_moment(start, 'Europe/Berlin').astimezone(berlin):%d %H:%M}" == leaves


def test_a_window_within_the_quiet_hours_is_what_was_asked_for() -> None:
    times = SendingTimes(window=parse_hours("23:00-23:30"), quiet=QUIET)
    start = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    assert times.window is not None
    assert times.window.covers(times.first_moment(start, "UTC"), "UTC")
