"""Who, where, which words: for every kind of update."""

from typing import Any

import pytest
from aiogram.types import Update

from bots.runtime.update_summary import look_at

USER = {"id": 5, "is_bot": False, "first_name": "Anna"}
BOT = {"id": 7, "is_bot": True, "first_name": "Bot", "username": "b"}
PRIVATE = {"id": 5, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "G"}
BUTTONS = {
    "inline_keyboard": [[{"text": "Start", "callback_data": "v1.x"}, {"text": "No", "callback_data": "v1.y"}]]
}
CHANNEL = {"id": -200, "type": "channel", "title": "C"}


def message(chat: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"message_id": 3, "date": 1, "chat": chat, "from": USER, **more}


def member(status: str) -> dict[str, Any]:
    full = {"until_date": 0} if status == "kicked" else {}
    return {"user": BOT, "status": status, **full}


def change(chat: dict[str, Any], status: str) -> dict[str, Any]:
    return {
        "chat": chat,
        "from": USER,
        "date": 1,
        "old_chat_member": member("member"),
        "new_chat_member": member(status),
    }


def callback(**more: Any) -> dict[str, Any]:
    return {"id": "9", "from": USER, "chat_instance": "1", "data": "v1.x", **more}


def vote(*options: int) -> dict[str, Any]:
    return {"poll_id": "5", "user": USER, "option_ids": options, "option_persistent_ids": []}


REQUEST = {"chat": GROUP, "from": USER, "user_chat_id": 5, "date": 1}
LET_IN = {**change(GROUP, "member"), "from": BOT, "new_chat_member": {"user": USER, "status": "member"}}
INLINE = {"id": "1", "from": USER, "query": "q", "offset": ""}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
CASES: list[tuple[str, dict[str, Any], tuple[Any, ...] | None]] = [
    ("text", {"message": message(PRIVATE, text="hi")}, (5, True, "hi", None)),
    ("caption", {"message": message(PRIVATE, photo=PHOTO, caption="c")}, (5, True, "c", None)),
    ("photo", {"message": message(PRIVATE, photo=PHOTO)}, (5, True, "[photo]", None)),
    ("group", {"message": message(GROUP, text="hi")}, (-100, False, "hi", None)),
    ("nobody", {"message": {**message(GROUP, text="hi"), "from": None}}, None),
    ("edited", {"edited_message": message(PRIVATE, text="hi")}, (5, True, "[changed to: hi]", None)),
    ("channel", {"channel_post": {**message(CHANNEL, text="hi"), "from": None}}, None),
    ("press", {"callback_query": callback(message=message(PRIVATE))}, (5, True, "[v1.x]", "9")),
    ("press of a label", {"callback_query": callback(message=message(PRIVATE, reply_markup=BUTTONS))}, (5, True, "[Start]", "9")),
    ("old press", {"callback_query": callback(message={**message(PRIVATE), "date": 0})}, (5, True, "[v1.x]", "9")),
    ("press in group", {"callback_query": callback(message=message(GROUP))}, (-100, False, "[v1.x]", "9")),
    ("inline press", {"callback_query": callback(inline_message_id="i")}, None),
    ("vote", {"poll_answer": vote(0, 2)}, (5, False, "[votes for 1, 3]", None)),
    ("vote taken back", {"poll_answer": vote()}, (5, False, "[votes for nothing]", None)),
    ("vote of a channel", {"poll_answer": {**vote(1), "user": None, "voter_chat": CHANNEL}}, None),
    ("join request", {"chat_join_request": REQUEST}, (-100, False, "[asks to join]", None)),
    ("blocked", {"my_chat_member": change(PRIVATE, "kicked")}, (5, False, "[kicked]", None)),
    ("unblocked", {"my_chat_member": change(PRIVATE, "member")}, (5, True, "[member]", None)),
    ("joined", {"chat_member": change(GROUP, "member")}, (-100, False, "[member]", None)),
    ("let in by a bot", {"chat_member": LET_IN}, (-100, False, "[member]", None)),
    ("inline query", {"inline_query": INLINE}, None),
    ("nothing", {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("content", "wanted"), [pytest.param(c, w, id=name) for name, c, w in CASES])
def test_what_an_update_shows(content: dict[str, Any], wanted: tuple[Any, ...] | None) -> None:
    seen = look_at(Update.model_validate({"update_id": 1, **content}))
    assert (seen and (seen.chat_id, seen.in_private, seen.words, seen.callback_id)) == wanted
    assert seen is None or seen.user.id == 5


@pytest.mark.parametrize(
    "odd",
    [
        message({**GROUP, "id": 10**25}, text="x"),
        message(PRIVATE, text="x") | {"message_id": 10**25},
        message(PRIVATE, text="x") | {"from": {**USER, "id": -(10**25)}},
        message(PRIVATE, text="x") | {"from": {**USER, "first_name": "x" * 300}},
        message(PRIVATE, text="x") | {"from": {**USER, "username": "x" * 65}},
    ],
)
def test_what_is_not_telegrams_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Telegram"):
        look_at(Update.model_validate({"update_id": 1, "message": odd}))
