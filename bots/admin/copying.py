"""What an admin sent, as everybody is to get it: a text with its formatting, or a copy of any single message."""

from aiogram.enums import ContentType
from aiogram.types import Message

from bots.shared.said import read_said
from services.messaging.schemas import Content

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


def read_content(message: Message) -> Content | None:
    """The message as a broadcast's content; None for an album's part and for what bots cannot repeat."""
    if message.media_group_id:
        return None
    if message.text:
        return Content("sendMessage", read_said(message).content)
    if message.content_type in COPIED:
        source = {"from_chat_id": message.chat.id, "message_id": message.message_id}
        return Content("copyMessage", source)
    return None
