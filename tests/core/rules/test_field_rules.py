"""What is taken for a name, an e-mail address, a phone number."""

import pytest

from core.rules.fields import MOST_LETTERS, read_field


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("email", " anna@example.com ", "anna@example.com"),
        ("email", "anna@mail.example.com", "anna@mail.example.com"),
        ("email", "анна@пример.рф", "анна@пример.рф"),
        ("email", "anna", None),
        ("email", "anna@example", None),
        ("email", "anna@example..com", None),
        ("email", "anna@@example.com", None),
        ("email", "anna b@example.com", None),
        ("phone", "+7 (900) 123-45-67", "+79001234567"),
        ("phone", "8 900 123 45 67", "89001234567"),
        ("phone", "123456", None),
        ("phone", "1" * 16, None),
        ("phone", "call me 9001234567", None),
        ("name", "  Анна ", "Анна"),
        ("name", "   ", None),
        ("name", "a\nb", None),
        ("city", "a" * MOST_LETTERS, "a" * MOST_LETTERS),
        ("city", "a" * (MOST_LETTERS + 1), None),
    ],
)
def test_an_answer_is_kept_in_one_form_or_not_at_all(name: str, text: str, kept: str | None) -> None:
    assert read_field(name, text) == kept
