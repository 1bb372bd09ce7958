"""What is seen of a text, and what would turn a line."""

import pytest

from utils.visible import FSI, PDI, is_blank, isolate


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t",
        "\u200b\u200d\u2060",
        "\u3164",
        "\u115f\u1160\uffa0",
        "\u2800",
        "\u202e",
        "\ufe0f",
        "\u00a0\u00ad",
    ],
)
def test_what_draws_nothing_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}a{text}")


@pytest.mark.parametrize("text", ["a", ".", "🙂", "か", "\u0301", "ש"])
def test_what_draws_something_is_not(text: str) -> None:
    assert not is_blank(text)


def test_a_name_that_turns_nothing_stays_as_it_is() -> None:
    assert isolate("Анна  Petrova\n") == "Анна Petrova"


def test_an_override_is_taken_out_and_what_is_left_stands_apart() -> None:
    assert isolate("Ann\u202egnp") == f"{FSI}Anngnp{PDI}"
    assert isolate("Ann\u2069\u202e") == f"{FSI}Ann{PDI}"
    assert isolate("שרה") == f"{FSI}שרה{PDI}"
