"""A sentence is read from the outbox as it was written."""

import json
from typing import Any, get_args

import pytest

from services.delivery.sentences import (
    AuthorText,
    ForeignText,
    Lines,
    Moment,
    OurText,
    Price,
    Sentence,
    read_sentence,
    write_sentence,
)

SENTENCES: list[Sentence] = [
    OurText("order-pay", {"number": "ABC"}),
    AuthorText({"ru": "Привет", "en": "Hi"}),
    AuthorText({"*": "{{scenario.price}}"}, {"scenario.price": {"*": "100"}}),
    ForeignText({"*": "<b>{{not.filled}}</b>"}),
    Lines([{"t": "order-pay", "v": {}}, "plain"], "\n"),
    Moment("2030-01-07T09:00:00+00:00", "Europe/Riga"),
    Moment("2030-01-07T09:00:00+00:00", "Europe/Riga", "d MMMM"),
    Price(190_000, "RUB"),
]


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: type(one).__name__)
def test_it_comes_through_json_unchanged(sentence: Sentence) -> None:
    assert read_sentence(json.loads(json.dumps(write_sentence(sentence)))) == sentence


def test_every_kind_is_shown() -> None:
    assert {type(one) for one in SENTENCES} == set(get_args(Sentence))


@pytest.mark.parametrize(
    "value", ["plain", 7, None, [], {}, {"c": "not by language"}, {"media": "a.png"}, {"t": 1}]
)
def test_anything_else_is_none(value: Any) -> None:
    assert read_sentence(value) is None
