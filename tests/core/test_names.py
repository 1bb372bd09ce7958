"""A person's name as it is shown: never empty, never turning the line."""

import pytest

from core.text.names import show_known, show_name


def test_both_names_as_telegram_shows_them() -> None:
    assert show_name("Anna", "Petrova", "anna", 5) == "Anna Petrova"
    assert show_name("Anna", "", None, 5) == "Anna"


@pytest.mark.parametrize("blank", ["", "\u3164", "\u200b", "\u202e"])
def test_a_name_of_which_nothing_is_seen_gives_way_to_what_she_is_known_by(blank: str) -> None:
    assert show_name(blank, blank, "anna", 5) == "@anna"
    assert show_name(blank, "", None, 5) == "id 5"
    assert show_name(blank, "Petrova", None, 5) == "Petrova"


def test_admins_see_what_she_can_be_looked_up_by() -> None:
    assert show_known("Anna", "anna", 5) == "Anna (@anna, 5)"
    assert show_known("Anna", None, 5) == "Anna (5)"
