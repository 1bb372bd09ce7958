"""Sentences in an account's own words: what may stand in them, and that all are good as they are delivered."""

from fnmatch import fnmatchcase

import pytest

from core.text.catalog import LANGUAGES, list_keys, say
from core.text.own import PLACES, list_sentences, read_own, read_stored
from core.text.refusal import Refused

PAY = "order-paid"


def test_each_sentence_as_delivered_could_be_ones_own_and_each_place_names_some() -> None:
    for sentence in list_sentences().values():
        for language in LANGUAGES:
            assert read_own(sentence, sentence.deliver(language)) == sentence.deliver(language).strip()
    stray = [
        pattern
        for patterns in PLACES.values()
        for pattern in patterns
        if not any(fnmatchcase(key, pattern) for key in list_keys())
    ]
    assert stray == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "own-text-length"),
        ("<b> </b>", "own-text-length"),
        ("x" * 3001, "own-text-length"),
        ("<b>Hello", "own-text-stray"),
        ("Hello {nobody}", "own-text-variable"),
        ("Hello {tariff.__class__}", "own-text-variable"),
        ("Hello {tariff!r}", "own-text-variable"),
        ("Hello {", "own-text-variable"),
        ("Hello {}", "own-text-variable"),
    ],
)
def test_what_cannot_be_said_is_refused(typed: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        read_own(list_sentences()[PAY], typed)
    assert refused.value.words["t"] == key  # type: ignore[index]
    assert str(refused.value)


def test_what_a_later_version_cannot_say_is_left_out() -> None:
    stored = {"gone": {"en": "x"}, PAY: {"en": "{nobody}", "ru": "Да"}}
    assert read_stored(stored) == {PAY: {"ru": "Да"}}


def test_values_are_escaped_in_own_words_too() -> None:
    assert say("x", "en", {"name": "<b>"}, own={"x": {"en": "<i>{name}</i>"}}) == "<i>&lt;b&gt;</i>"
