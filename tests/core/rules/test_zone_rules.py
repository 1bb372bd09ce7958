"""Zones found by a clock, and the instants a wall clock means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.local_hour import LocalHour
from core.rules.local_time import to_instant
from core.rules.zones import RUSSIAN, WORLD, find_zone, read_clock

WINTER = datetime(2030, 1, 7, 9, tzinfo=UTC)
SUMMER = datetime(2030, 7, 7, 9, tzinfo=UTC)
ZONES = sorted({*RUSSIAN, *WORLD})

walls = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-12-31"))


@pytest.mark.parametrize("now", [WINTER, SUMMER])
def test_every_clock_in_use_is_found(now: datetime) -> None:
    for name in sorted(available_timezones() - {"localtime", "Factory"}):
        if name.startswith("Etc/"):
            continue
        clock = now.astimezone(ZoneInfo(name))
        found = find_zone(now, LocalHour(clock.hour, clock.minute), "UTC", "en")
        assert found is not None, name
        assert now.astimezone(ZoneInfo(found)).time() == clock.time(), (name, found)


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        ("12:30", "Asia/Tehran"),
        ("13:30", "Asia/Kabul"),
        ("14:45", "Asia/Kathmandu"),
        ("15:30", "Asia/Yangon"),
        ("18:30", "Australia/Darwin"),
        ("5:30", "America/St_Johns"),
        ("12:04", "Europe/Moscow"),  # four minutes fast
        ("9:00 PM", "Asia/Kamchatka"),
    ],
)
def test_her_clock_says_where_she_is(shown: str, zone: str) -> None:
    read = read_clock(shown)
    assert read is not None
    assert find_zone(WINTER, read, "UTC", "en") == zone


def test_the_guess_and_russian_zones_come_first_for_who_reads_russian() -> None:
    four = LocalHour(14)
    assert find_zone(WINTER, four, "Europe/Moscow", "ru") == "Asia/Yekaterinburg"
    assert find_zone(WINTER, four, "Asia/Tashkent", "ru") == "Asia/Tashkent"
    assert find_zone(WINTER, four, "UTC", "en") == "Asia/Karachi"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("5:44", LocalHour(5, 44)),
        (" 17.44 ", LocalHour(17, 44)),
        ("5 44", LocalHour(5, 44)),
        ("5:44 pm", LocalHour(17, 44)),
        ("12:05 a.m.", LocalHour(0, 5)),
        ("17ч44", LocalHour(17, 44)),
        ("25:00", None),
        ("14", None),
        ("13:00 pm", None),
        ("Berlin", None),
        ("5" + " " * 4090 + "x", None),
        ("5" + " " * 30 + ":44", None),  # a text so long is no clock, and is not looked through
        ("", None),
    ],
)
def test_a_clock_is_read_as_people_write_it(text: str, hour: LocalHour | None) -> None:
    assert read_clock(text) == hour


@given(walls, st.sampled_from(ZONES))
def test_an_instant_shows_its_wall_time_unless_that_is_skipped(wall: datetime, zone: str) -> None:
    place = ZoneInfo(zone)
    shows = to_instant(wall, zone).astimezone(place).replace(tzinfo=None)
    if shows != wall:
        before = to_instant(wall, zone) - timedelta(seconds=1)
        assert before.astimezone(place).replace(tzinfo=None) < wall < shows
