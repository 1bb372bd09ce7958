import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.text.message import (
    Button,
    Localized,
    Media,
    MediaKind,
    Message,
    localize,
    plain,
    shown_length,
)

LINK = {"text": "b", "url": "https://c.example"}
PHOTO = {"kind": "photo", "ref": "images/a.png"}


def parse(**fields: Any) -> Message:
    return Message.model_validate(fields)


@pytest.mark.parametrize(
    ("texts", "language", "chosen"),
    [
        ({"*": "all"}, "en", "all"),
        ({"ru": "да", "en": "yes"}, "en", "yes"),
        ({"ru": "да", "en": "yes"}, "de", "да"),
        ({"ru": "да", "*": "all"}, "de", "all"),
        ({"en": "yes", "fr": "oui"}, "de", "yes"),
    ],
)
def test_a_text_is_chosen_by_language(texts: dict[str, str], language: str, chosen: str) -> None:
    assert localize(texts, language) == chosen


def test_a_plain_string_stays_one_outside() -> None:
    assert parse(text="hello").text == plain("hello") == {"*": "hello"}
    assert parse(text="hello").model_dump(mode="json", exclude_defaults=True) == {"text": "hello"}


@given(st.dictionaries(st.sampled_from(["*", "ru", "en", "pt-BR"]), st.text("аb<{", min_size=1), min_size=1))
def test_messages_round_trip_through_json(texts: Localized) -> None:
    message = Message(text=texts, media=(Media(kind=MediaKind.VIDEO, ref="a.mp4", caption=texts),))
    document = json.loads(json.dumps(message.model_dump(mode="json", exclude_defaults=True)))
    assert Message.model_validate(document) == message


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "text or media"),
        ({"text": ""}, "blank"),
        ({"text": {}}, "at least one language"),
        ({"text": {"ru": " "}}, "blank"),
        ({"text": {"russian language": "да"}}, "no language code"),
        ({"text": "a", "colour": "red"}, "Extra inputs"),
        ({"text": "a" * 4097}, "Telegram allows 4096"),
        ({"text": "\N{PARTY POPPER}" * 2049}, "takes 4098"),
        ({"text": "a" * 1025, "media": [PHOTO]}, "Telegram allows 1024"),
        ({"media": [{**PHOTO, "caption": "a" * 1025}]}, "Telegram allows 1024"),
        ({"media": [PHOTO] * 11}, "at most 10"),
        ({"media": [{"kind": "smell", "ref": "a"}]}, "photo"),
        ({"text": "a", "buttons": [[{"text": "b"}]]}, "either `url` or `press`"),
        ({"text": "a", "buttons": [[{"text": "b", "url": "https://c.example", "press": "d"}]]}, "either"),
        ({"text": "a", "buttons": [[{"text": "b", "press": "very:long"}]]}, "pattern"),
        ({"text": "a", "buttons": [[LINK] * 9]}, "more than 8 buttons in one row"),
        ({"text": "a", "buttons": [[LINK] * 7] * 13}, "more than 90 buttons"),
    ],
)
def test_what_cannot_be_said_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        parse(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "a" * 4096},
        {"text": "<b>" + "a" * 4096 + "</b>"},
        {"text": "&amp;" * 4096},
        {"text": "a" * 4090 + "{{user.user_name}}"},
        {"text": "a" * 2000, "media": [PHOTO, PHOTO]},
        {"media": [PHOTO]},
        {"text": "a", "buttons": [[{"text": "b", "url": "{{user.payment_link}}"}]]},
    ],
)
def test_what_may_fit_is_accepted(fields: dict[str, Any]) -> None:
    assert parse(**fields)


def test_messages_do_not_change() -> None:
    with pytest.raises(ValidationError):
        parse(text="a").protect = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "length"),
    [("да", 2), ("\N{PARTY POPPER}", 2), ("<b>a</b> < b", 5), ("{{user.x}}", 0), ("\ud800", 1)],
)
def test_length_is_counted_as_telegram_does(text: str, length: int) -> None:
    assert shown_length(text) == length


def test_a_button_is_one_thing() -> None:
    assert Button(text=plain("go"), press="1").url is None
