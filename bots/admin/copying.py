"""What an admin sent, as everybody is to get it: a text with its formatting, or a copy of any single message."""

from aiogram.enums import ContentType
from aiogram.types import Message

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
        return Content("sendMessage", {"text": message.text, **_looks(message)})
    if message.content_type in COPIED:
        source = {"from_chat_id": message.chat.id, "message_id": message.message_id}
        return Content("copyMessage", source)
    return None


def _looks(message: Message) -> dict[str, object]:
    """Formatting and the link's preview, as they were sent."""
    looks: dict[str, object] = {}
    if message.entities:
        looks["entities"] = [one.model_dump(mode="json", exclude_none=True) for one in message.entities]
    if message.link_preview_options:
        looks["link_preview_options"] = message.link_preview_options.model_dump(
            mode="json", exclude_unset=True
        )
    return looks
