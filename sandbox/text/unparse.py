"""From text with entities back to HTML, for tests and logs that want to see the formatting."""

from html import escape
from typing import Any

from sandbox.text import utf16

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "text_link": "a",
    "text_mention": "a",
}


def to_html(text: str, entities: list[dict[str, Any]]) -> str:
    """Write the text as Telegram HTML; entities found automatically are left bare."""
    marks: list[tuple[int, int, int, str]] = []
    for number, entity in enumerate(entities):
        tag = _TAGS.get(entity["type"])
        if tag:
            end = entity["offset"] + entity["length"]
            marks.append((entity["offset"], 1, number, _opening(tag, entity)))
            marks.append((end, 0, -number, f"</{tag}>"))
    out, at = [], 0
    for place, _, _, mark in sorted(marks):
        out.append(escape(utf16.cut(text, at, place - at), quote=False))
        out.append(mark)
        at = place
    out.append(escape(utf16.cut(text, at, utf16.length(text)), quote=False))
    return "".join(out)


def _opening(tag: str, entity: dict[str, Any]) -> str:
    if entity["type"] == "text_link":
        return f'<a href="{escape(entity["url"])}">'
    if entity["type"] == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">'
    if entity["type"] == "expandable_blockquote":
        return "<blockquote expandable>"
    return f"<{tag}>"
