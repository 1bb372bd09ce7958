"""Conditions in words: each has a name and a question with an answer that fits, and a line is read as its author means it."""

import re
from typing import Any

import pytest

from core.text.catalog import LANGUAGES, say_words
from core.text.refusal import Refused
from services.people.conditions import CONDITIONS
from services.people.conditions.forms import (
    list_fields,
    read_filled,
    read_line,
    say_condition,
    say_leaf,
    say_question,
)
from services.people.conditions.tree import Leaf, read_tree


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CONDITIONS)
def test_each_condition_is_called_something_and_its_question_has_answers(name: str, language: str) -> None:
    called = say_words(say_condition(name), language)
    assert "condition-" not in called
    if not list_fields(name):
        return
    answers = re.findall("<code>(.+?)</code>", say_words(say_question(name), language))
    assert answers
    for answer in answers:
        leaf = read_tree(read_filled(name, answer))
        assert isinstance(leaf, Leaf)
        said = say_words(say_leaf(leaf), language)
        assert said == f"{called}: {answer}"


@pytest.mark.parametrize(
    ("line", "document"),
    [
        ("has_not_paid", "has_not_paid"),
        ("tag: warm, and more", {"tag": "warm, and more"}),
        ("not tag: warm", {"not": {"tag": "warm"}}),
        ("не has_paid", {"not": "has_paid"}),
        ("variable: city", {"variable": "city"}),
        ("variable: name=city, equals=New York", {"variable": {"name": "city", "equals": "New York"}}),
        ("progress: course words, at_least: 2", {"progress": {"course": "words", "at_least": "2"}}),
    ],
)
def test_a_line_is_read(line: str, document: Any) -> None:
    assert read_line(line) == document
    read_tree(document)


@pytest.mark.parametrize("line", ["rich", "tag:", "progress: words", "last_seen_days: week", "not", ""])
def test_a_line_that_asks_nothing_is_refused(line: str) -> None:
    with pytest.raises(Refused):
        read_tree(read_line(line))
