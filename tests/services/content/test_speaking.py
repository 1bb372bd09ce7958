"""An author's message as calls."""

from typing import Any

import pytest

from core.text.message import Message
from services.content.messages.rendering import METHODS, calls_of

BUTTON = [[{"text": "ok", "press": "st.1-1-a"}]]
TEXT = {"c": {"*": "words"}}
PHOTO = {"kind": "photo", "ref": "a.png"}
VIDEO = {"kind": "video", "ref": "https://example.org/v.mp4", "caption": {"en": "look"}}
ALBUM = [
    {"type": "photo", "media": {"media": "a.png"}},
    {"type": "video", "media": VIDEO["ref"], "caption": {"c": {"en": "look"}}},
]
TABLE: list[tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]] = [
    ({"text": "words"}, [("sendMessage", {"text": TEXT, "buttons": BUTTON})]),
    (
        {"text": "words", "link_preview": False},
        [("sendMessage", {"text": TEXT, "link_preview_options": {"is_disabled": True}, "buttons": BUTTON})],
    ),
    (
        {"text": "words", "protect": True},
        [("sendMessage", {"text": TEXT, "protect_content": True, "buttons": BUTTON})],
    ),
    ({"media": [PHOTO]}, [("sendPhoto", {"photo": {"media": "a.png"}, "buttons": BUTTON})]),
    (
        {"media": [PHOTO], "text": "words"},
        [("sendPhoto", {"photo": {"media": "a.png"}, "caption": TEXT, "buttons": BUTTON})],
    ),
    (
        {"media": [VIDEO]},
        [("sendVideo", {"video": VIDEO["ref"], "caption": {"c": {"en": "look"}}, "buttons": BUTTON})],
    ),
    (
        {"media": [PHOTO, VIDEO], "text": "words", "protect": True},
        [
            ("sendMediaGroup", {"media": ALBUM, "protect_content": True}),
            ("sendMessage", {"text": TEXT, "protect_content": True, "buttons": BUTTON}),
        ],
    ),
    (
        {"media": [PHOTO, {"kind": "voice", "ref": "v.ogg"}], "text": "words"},  # these Telegram does not mix
        [
            ("sendPhoto", {"photo": {"media": "a.png"}}),
            ("sendVoice", {"voice": {"media": "v.ogg"}}),
            ("sendMessage", {"text": TEXT, "buttons": BUTTON}),
        ],
    ),
]


@pytest.mark.parametrize(("message", "expected"), TABLE)
def test_a_message_is_said_in_these_calls(
    message: dict[str, Any], expected: list[tuple[str, dict[str, Any]]]
) -> None:
    assert list(calls_of(Message.model_validate(message), BUTTON)) == expected


def test_without_buttons_there_is_no_field_for_them() -> None:
    assert list(calls_of(Message.model_validate({"text": "words"}), ())) == [("sendMessage", {"text": TEXT})]


def test_the_buttons_of_media_without_a_text_are_not_lost() -> None:
    said = list(calls_of(Message.model_validate({"media": [PHOTO, VIDEO]}), BUTTON))
    assert [fields.get("buttons") for _, fields in said] == [None, BUTTON]


@pytest.mark.parametrize("kind", METHODS)
def test_every_kind_of_file_has_its_method(kind: str) -> None:
    ((method, fields),) = calls_of(Message.model_validate({"media": [{"kind": kind, "ref": "f"}]}), ())
    assert (method, fields) == (METHODS[kind], {kind: {"media": "f"}})
