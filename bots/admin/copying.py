"""What an admin sent, as the message of a broadcast: a text with its formatting, or a copy of any other message."""

from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message

from services.messaging.broadcast_plan import Original
from utils.telegram_html import shorten

COPIED = (
    ContentType.PHOTO,
    ContentType.VIDEO,
    ContentType.ANIMATION,
    ContentType.DOCUMENT,
    ContentType.AUDIO,
    ContentType.VOICE,
    ContentType.VIDEO_NOTE,
    ContentType.STICKER,
    ContentType.LOCATION,
    ContentType.VENUE,
    ContentType.CONTACT,
    ContentType.POLL,
    ContentType.DICE,
)
MOST_NAME = 60


def read_message(message: Message) -> dict[str, Any] | None:
    """What the message says, as fields of a definition; None for what bots cannot repeat."""
    name = shorten(message.text or message.caption or f"#{message.message_id}", MOST_NAME)
    if message.text:
        preview = message.link_preview_options
        shown = not (preview and preview.is_disabled)
        return {"name": name, "text": message.html_text, "link_preview": shown}
    if message.content_type in COPIED:
        source = Original(
            from_chat_id=message.chat.id, message_ids=(message.message_id,), album=message.media_group_id
        )
        return {"name": name, "original": source.model_dump(mode="json")}
    return None
