"""What looks like work, and what rather like a question or a kind word."""

import pytest

from core.rules.asking import looks_unlike_work

UNLIKE = (
    "Why one thought?",
    "ok thanks",
    "05:44",
    "Спасибо большое!",
    "Понятно",
    "А до какого числа сдавать?",
    "I do not get it. What shall I do?",
    "How long should it be? Thanks",
    "Done",
)
LIKE = (
    "One thought per sentence, as you said.",
    "My work",
    "Please send the figures by Thursday. And could we meet next week?",
    "https://docs.example.org/my-work",
    "What a day it was: we walked along the river and spoke of nothing.",
    "Как я провёл лето: ездил к бабушке, читал и плавал.",
    "Спасибо, что спросили о сроках: вот письмо, которое я переписал для заказчика.",
)


@pytest.mark.parametrize("text", UNLIKE)
def test_she_is_better_asked(text: str) -> None:
    assert looks_unlike_work(text)


@pytest.mark.parametrize("text", LIKE)
def test_work_is_taken_as_it_is(text: str) -> None:
    assert not looks_unlike_work(text)
