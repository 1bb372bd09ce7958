"""Cities as people write them."""

import pytest

from core.rules import zones
from services.people import cities
from services.people.cities import ALSO, find_city


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("берлин", "Europe/Berlin"),
        ("г. Москва", "Europe/Moscow"),
        ("Санкт Петербург", "Europe/Moscow"),
        ("new york", "America/New_York"),
        ("Нью-Йорк", "America/New_York"),
        ("Новосибирск", "Asia/Novosibirsk"),
        ("Тегеран", "Asia/Tehran"),
        ("тель-авив", "Asia/Jerusalem"),
        ("Кёльн", "Europe/Berlin"),
        ("Nowhere", None),
        ("UTC", None),
        ("", None),
    ],
)
def test_a_city_says_the_zone(text: str, zone: str | None) -> None:
    assert find_city(text) == zone


def test_every_name_of_ours_leads_to_its_zone() -> None:
    for zone, names in ALSO.items():
        assert {find_city(name) for name in names.split(",")} == {zone}


def test_the_zones_are_looked_up_on_the_disk_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walks = []
    monkeypatch.setattr(zones, "available_timezones", lambda: walks.append(1) or {"Europe/Berlin"})
    monkeypatch.setattr(cities, "_cities", cities._cities.__wrapped__)  # as the first time
    zones.list_zones.cache_clear()
    try:
        assert find_city("Berlin") == "Europe/Berlin"
        assert walks == [1]
    finally:
        zones.list_zones.cache_clear()
