"""Buttons as an author writes them in a chat."""

import pytest

from core.text.catalog import say_words
from core.text.refusal import InputRefused
from services.messaging.button_lines import read_buttons, read_rows


def test_a_line_is_a_row_and_a_bar_stands_between_two() -> None:
    assert read_buttons(
        "Site - https://a.example/x-y | Later — tag not now\n\nMore – start spring\nTo friends - share Look - here"
    ) == [
        [{"text": "Site", "url": "https://a.example/x-y"}, {"text": "Later", "tag": "not now"}],
        [{"text": "More", "start": "spring"}],
        [{"text": "To friends", "share": "Look - here"}],
    ]
    assert read_buttons(" - ") == []


@pytest.mark.parametrize(
    ("line", "button"),
    [
        ("Course - spring - https://a.example", {"text": "Course - spring", "url": "https://a.example"}),
        ("Plan A – or B - start spring", {"text": "Plan A – or B", "start": "spring"}),
        ("Start - start now - a.example/x", {"text": "Start - start now", "url": "a.example/x"}),
        ("Yes - no - tag not - sure", {"text": "Yes - no", "tag": "not - sure"}),
        ("Words - ftp://a.example", {"text": "Words", "url": "ftp://a.example"}),
    ],
)
def test_words_may_have_dashes_of_their_own(line: str, button: dict[str, str]) -> None:
    assert read_buttons(line) == [[button]]


@pytest.mark.parametrize("lines", [[""], [" "], ["", "Site - https://a.example"], ["-", "-"]])
def test_an_empty_row_takes_no_buttons_off(lines: list[str]) -> None:
    with pytest.raises(InputRefused):
        read_rows(lines)
    assert read_rows(["-"]) == []


@pytest.mark.parametrize(
    "text", ["Words alone", "- https://a.example", "Words -", "A - https://a.example | B"]
)
def test_what_is_no_button_is_named(text: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_buttons(text)
    assert "is no button" in say_words(refused.value.words, "en")
    assert "не похоже на кнопку" in say_words(refused.value.words, "ru")
