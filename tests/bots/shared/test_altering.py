"""The call that changes or deletes a message of a broadcast."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.runtime.client import Answer
from bots.runtime.sending.altering import alter
from bots.runtime.sending.outcomes import read_outcome
from core.lifecycle import Priority
from core.to_many import BroadcastKind
from services.delivery.schemas import QueuedCall, Refused, Sent

KEYBOARD = {"inline_keyboard": [[{"text": "Buy", "url": "https://example.org"}]]}
PLACE = {"chat_id": 5, "message_id": 70}
TEXT = {"text": "New", "parse_mode": "HTML", "reply_markup": KEYBOARD}
CAPTION = {"caption": "New", "parse_mode": "HTML", "reply_markup": KEYBOARD}


@pytest.mark.parametrize(
    ("method", "fields", "edit", "kept"),
    [
        ("sendMessage", {**TEXT, "protect_content": True}, "editMessageText", TEXT),
        ("sendPhoto", {**CAPTION, "photo": "file"}, "editMessageCaption", CAPTION),
        ("copyMessage", {**CAPTION, "from_chat_id": 9, "message_id": 3}, "editMessageCaption", CAPTION),
        ("copyMessage", {"from_chat_id": 9, "message_id": 3}, "editMessageReplyMarkup", {}),
        (
            "sendSticker",
            {"sticker": "file", "reply_markup": KEYBOARD},
            "editMessageReplyMarkup",
            {"reply_markup": KEYBOARD},
        ),
        (
            "sendMediaGroup",
            {"media": [{"type": "photo", "media": "a", "caption": "New"}, {"type": "photo", "media": "b"}]},
            "editMessageCaption",
            {"caption": "New"},
        ),
    ],
)
def test_an_edit(method: str, fields: Mapping[str, Any], edit: str, kept: Mapping[str, Any]) -> None:
    assert alter(BroadcastKind.EDIT, method, {"chat_id": 5, **fields}, 70) == (edit, {**kept, **PLACE})


def test_a_recall() -> None:
    assert alter(BroadcastKind.RECALL, "", {"chat_id": 5}, 70) == ("deleteMessage", PLACE)
    album = {"chat_id": 5, "message_ids": [70, 71]}
    assert alter(BroadcastKind.RECALL, "", album, 70) == ("deleteMessages", album)


def _call(**more: Any) -> QueuedCall:
    given = {"method": "deleteMessage", "payload": None, "frozen": False, "attempt": 0, **more}
    return QueuedCall(
        id=1,
        account_id=1,
        bot_id=1,
        chat_id=5,
        priority=Priority.BULK,
        dedupe_key="bc:1:5",
        on_result=None,
        broadcast_id=1,
        **given,
    )


def test_what_was_gone_before_is_not_our_doing_and_what_we_may_have_deleted_is() -> None:
    gone = Answer(ok=False, code=400, error="Bad Request: message to delete not found")
    recall = {"alters": BroadcastKind.RECALL}
    assert isinstance(read_outcome(_call(**recall), gone), Refused)
    assert isinstance(read_outcome(_call(**recall, attempt=1), gone), Sent)
    assert isinstance(read_outcome(_call(), gone), Sent)  # a card of ours
