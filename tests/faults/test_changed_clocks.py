"""Daily schedules over every change of the clocks in every zone: no day is skipped, none comes twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from core.rules.local_time import to_instant
from tests.faults.waiting import tell

WALLS = (time(0, 0), time(2, 30), time(9, 0))
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
DAY = timedelta(days=1)
STEP = 6 * DAY
WELL_KNOWN = (
    "Europe/Moscow", "Europe/Berlin", "America/New_York", "US/Pacific", "America/Santiago", "Asia/Beirut",
    "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Easter", "America/Nuuk",
    "Antarctica/Troll", "America/Havana", "Asia/Amman", "Africa/Juba", "Pacific/Fiji", "Europe/Volgograd",
)  # fmt: skip


def changes(zone: ZoneInfo) -> Iterator[date]:
    """The local dates around which a zone's clocks are changed; no zone changes them twice in a STEP."""
    moment = datetime(FIRST.year, 1, 1, tzinfo=UTC)
    offset = moment.astimezone(zone).utcoffset()
    while moment.date() <= LAST:
        later = moment + STEP
        next_offset = later.astimezone(zone).utcoffset()
        if next_offset != offset:
            yield moment.astimezone(zone).date() + STEP / 2
        moment, offset = later, next_offset


def count_wrong(name: str, days: set[date]) -> tuple[int, int]:
    """Days without their own instant, and instants that come twice or out of order."""
    skipped = doubled = 0
    zone = ZoneInfo(name)
    for wall in WALLS:
        before = None
        for day in sorted(days):
            due = to_instant(datetime.combine(day, wall), name)
            local = due.astimezone(zone)
            # A gap may push midnight to one o'clock, never to another date.
            skipped += local.date() != day or local.time() < wall
            doubled += before is not None and due <= before
            before = due
    return skipped, doubled


def _around(day: date) -> Iterator[date]:
    return (day + timedelta(days=shift) for shift in range(-5, 6))


def test_every_change_of_every_zone() -> None:
    zones = sorted(available_timezones() - {"Factory", "localtime"})
    skipped = doubled = seen = 0
    for name in zones:
        days = list(changes(ZoneInfo(name)))
        seen += len(days)
        found = count_wrong(name, {near for day in days for near in _around(day)})
        skipped, doubled = skipped + found[0], doubled + found[1]
    tell(
        f"{len(zones)} zones, {seen:,} changes of clocks 2020-2035, daily at 00:00, 02:30 and 09:00: "
        f"{skipped} skipped, {doubled} doubled"
    )
    assert seen > 5_000
    assert (skipped, doubled) == (0, 0)


@pytest.mark.faults
@pytest.mark.parametrize("name", WELL_KNOWN)
def test_every_single_day(name: str) -> None:
    days = {FIRST + number * DAY for number in range((LAST - FIRST).days + 1)}
    assert count_wrong(name, days) == (0, 0)


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2022-03-13T02:30", "US/Pacific", "2022-03-13T10:00"),  # a gap: its end
        ("2022-11-06T01:30", "US/Pacific", "2022-11-06T08:30"),  # twice: the first
        ("2022-03-27T00:00", "Asia/Beirut", "2022-03-26T22:00"),  # midnight does not exist
        ("2024-04-26T00:30", "Africa/Cairo", "2024-04-25T22:00"),
        ("2021-10-03T02:15", "Australia/Lord_Howe", "2021-10-02T15:30"),  # half an hour
        ("2030-06-01T09:00", "Europe/Moscow", "2030-06-01T06:00"),
    ],
)
def test_what_a_wall_clock_means(wall: str, zone: str, instant: str) -> None:
    expected = datetime.fromisoformat(f"{instant}:00+00:00")
    assert to_instant(datetime.fromisoformat(wall), zone) == expected
