"""A message that everybody has: the call that makes it say something else, or takes it away."""

from collections.abc import Mapping
from typing import Any

from core.to_many import BroadcastKind

Fields = Mapping[str, Any]
TEXT = ("text", "parse_mode", "entities", "link_preview_options", "reply_markup")
CAPTION = ("caption", "parse_mode", "caption_entities", "show_caption_above_media", "reply_markup")
KEYBOARD = ("reply_markup",)
ALBUM_PART = ("caption", "parse_mode", "caption_entities")


def alter(kind: BroadcastKind, method: str, fields: Fields, message_id: int) -> tuple[str, dict[str, Any]]:
    """The method and the fields that do `kind` to a message; `fields` are those that would send it as it is to be."""
    place = {"chat_id": fields["chat_id"], "message_id": message_id}
    if kind is BroadcastKind.EDIT:
        edit, changed = _edit(method, fields)
        return edit, {**changed, **place}
    if "message_ids" in fields:
        return "deleteMessages", {"chat_id": fields["chat_id"], "message_ids": fields["message_ids"]}
    return "deleteMessage", place


def _edit(method: str, fields: Fields) -> tuple[str, dict[str, Any]]:
    if method == "sendMessage":
        return "editMessageText", _only(fields, TEXT)
    if method == "sendMediaGroup":
        return "editMessageCaption", _only(fields["media"][0], ALBUM_PART)
    if "caption" in fields:
        return "editMessageCaption", _only(fields, CAPTION)
    return "editMessageReplyMarkup", _only(fields, KEYBOARD)


def _only(fields: Fields, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}
