"""Values in a text with its formatting beside it."""

import pytest

from core.text.filling import fill_in

NAME = {"student.name": "Ann😀"}  # six UTF-16 units and a half of them one letter


@pytest.mark.parametrize(
    ("text", "entities", "filled", "moved"),
    [
        ("Hi {{student.name}}!", [], "Hi Ann😀!", []),
        ("Hi {{ student.name }}, bold", [(23, 4)], "Hi Ann😀, bold", [(10, 4)]),
        ("bold {{student.name}}", [(0, 4)], "bold Ann😀", [(0, 4)]),
        ("Hi {{student.name}}", [(0, 19)], "Hi Ann😀", [(0, 8)]),
        ("{{nobody}} {{student.name}}", [(11, 16)], "{{nobody}} Ann😀", [(11, 5)]),
    ],
)
def test_formatting_moves_with_what_stands_behind_a_value(
    text: str, entities: list[tuple[int, int]], filled: str, moved: list[tuple[int, int]]
) -> None:
    given = [{"type": "bold", "offset": offset, "length": length} for offset, length in entities]
    said, after = fill_in(text, given, NAME)
    assert said == filled
    assert [(one["offset"], one["length"]) for one in after] == moved


def test_a_value_is_never_read_again() -> None:
    assert fill_in("{{a}}", [], {"a": "{{b}}", "b": "no"}) == ("{{b}}", [])
