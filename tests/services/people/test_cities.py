"""Cities as people write them."""

import pytest

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
