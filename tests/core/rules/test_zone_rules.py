"""Clocks to choose from, and the instants a wall clock means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.local_time import to_instant
from core.rules.zones import RUSSIAN, WORLD, list_candidates

WINTER = datetime(2030, 1, 7, 9, tzinfo=UTC)
SUMMER = datetime(2030, 7, 7, 9, tzinfo=UTC)
ZONES = sorted({*RUSSIAN, *WORLD})
walls = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-12-31"))


@pytest.mark.parametrize("now", [WINTER, SUMMER])
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("guess", ["Europe/Moscow", "UTC", "Asia/Tokyo"])
def test_every_clock_is_there_once_and_the_guess_comes_first(
    now: datetime, language: str, guess: str
) -> None:
    found = list_candidates(now, guess, language)
    shown = [one.shows for one in found]
    assert found[0].zone == guess
    assert len(shown) == len(set(shown))
    whole_hours = {now.replace(tzinfo=None) + timedelta(hours=hour) for hour in (*range(-7, -4), *range(13))}
    assert whole_hours <= set(shown)
    assert shown[1:] == sorted(shown[1:])


def test_who_reads_russian_gets_russian_zones_first() -> None:
    names = {one.zone for one in list_candidates(WINTER, "Europe/Moscow", "ru")}
    assert set(RUSSIAN) <= names
    assert "Asia/Yekaterinburg" not in {one.zone for one in list_candidates(WINTER, "UTC", "en")}


@given(walls, st.sampled_from(ZONES))
def test_an_instant_shows_its_wall_time_unless_that_is_skipped(wall: datetime, zone: str) -> None:
    place = ZoneInfo(zone)
    shows = to_instant(wall, zone).astimezone(place).replace(tzinfo=None)
    if shows != wall:
        before = to_instant(wall, zone) - timedelta(seconds=1)
        assert before.astimezone(place).replace(tzinfo=None) < wall < shows
