"""A message as the client shows it, and whether it is the one a test waits for."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.text.unparse import to_html

MEDIA = (
    "photo",
    "voice",
    "video",
    "video_note",
    "document",
    "audio",
    "animation",
    "sticker",
    "poll",
    "contact",
    "location",
    "invoice",
    "dice",
    "venue",
)
Json = dict[str, Any]
Expected = str | re.Pattern[str] | None


@dataclass(frozen=True)
class Message:
    """A message as people see it; `raw` has all Bot API fields."""

    id: int
    sender_id: int
    text: str
    html: str
    buttons: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    reply_buttons: tuple[str, ...]
    media: str
    edited: bool
    raw: Json

    def says_the_same(self, other: "Message") -> bool:
        """Tell whether the bot's part of both is the same: words, buttons, file, and when it was edited."""
        if self.raw.get("edit_date") != other.raw.get("edit_date") or self.media != other.media:
            return False
        file = self.media != "poll" and self.raw.get(self.media) != other.raw.get(self.media)
        return not file and (self.html, self.rows) == (other.html, other.rows)

    def __str__(self) -> str:
        parts = [f"[{self.media}]"] if self.media else []
        parts += [self.text] if self.text else []
        shown = " ".join(parts) or "(service message)"
        return shown + "".join(f" «{button}»" for button in self.buttons)


def read_message(raw: Json) -> Message:
    """Read a message from the sandbox's JSON."""
    text = str(raw.get("text") or raw.get("caption") or "")
    entities: list[Json] = raw.get("entities") or raw.get("caption_entities") or []
    markup = raw.get("reply_markup") or {}
    rows = tuple(tuple(row) for row in markup.get("inline_keyboard", []))
    keys = [
        button["text"] if isinstance(button, dict) else button
        for row in markup.get("keyboard", [])
        for button in row
    ]
    return Message(
        id=raw["message_id"],
        sender_id=raw.get("from", {}).get("id", 0),
        text=text,
        html=to_html(text, entities),
        buttons=tuple(button["text"] for row in rows for button in row),
        rows=rows,
        reply_buttons=tuple(keys),
        media=next((kind for kind in reversed(MEDIA) if kind in raw), ""),
        edited="edit_date" in raw,
        raw=raw,
    )


def matches(message: Message, wanted: Expected, media: str = "") -> bool:
    """Tell whether a message's text contains the string, or fits the regular expression, and its media fits."""
    if media and message.media != media:
        return False
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return wanted in message.text or _found(wanted, message.text)
    return wanted.search(message.text) is not None


def _found(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
