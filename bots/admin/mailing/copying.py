"""What an admin sent, as the message of a broadcast: a text with its formatting, or a copy of any other message."""

from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message

from services.messaging.broadcast_plan import Original
from utils.telegram_html import shorten

SIGNS = {  # what can be repeated, and what such a message is called where it has no words
    ContentType.PHOTO: "🖼",
    ContentType.VIDEO: "🎬",
    ContentType.ANIMATION: "🎞",
    ContentType.DOCUMENT: "📎",
    ContentType.AUDIO: "🎵",
    ContentType.VOICE: "🎤",
    ContentType.VIDEO_NOTE: "⏺",
    ContentType.STICKER: "🙂",
    ContentType.LOCATION: "📍",
    ContentType.VENUE: "📍",
    ContentType.CONTACT: "👤",
    ContentType.POLL: "📊",
    ContentType.DICE: "🎲",
}
MOST_NAME = 60


def read_message(message: Message) -> dict[str, Any] | None:
    """What the message says, as fields of a definition; None for what bots cannot repeat."""
    if message.text:
        preview = message.link_preview_options
        shown = not (preview and preview.is_disabled)
        name = shorten(message.text, MOST_NAME)
        return {"name": name, "text": message.html_text, "link_preview": shown}
    if sign := SIGNS.get(ContentType(message.content_type)):
        said = message.caption or (message.poll.question if message.poll else "")
        name = shorten(f"{sign} {said}".strip(), MOST_NAME)
        source = Original(
            from_chat_id=message.chat.id, message_ids=(message.message_id,), album=message.media_group_id
        )
        return {"name": name, "original": source.model_dump(mode="json")}
    return None
