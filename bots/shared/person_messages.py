"""A person's message as what is brought to another person."""

from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message

from services.delivery.schemas import PersonMessage

FILES = ("video", "voice", "video_note", "document", "audio", "animation", "sticker")


def read_person_message(message: Message, text: str | None = None) -> PersonMessage:
    """Its text, or its kind with caption and file; `text`: only these words of it count (what stands behind a command)."""
    content = {"text": text} if text is not None else _content(message)
    return PersonMessage(message.chat.id, message.message_id, content, message.media_group_id)


def _content(message: Message) -> dict[str, Any]:
    if message.text is not None:
        preview = message.link_preview_options
        shown = (
            {"link_preview_options": preview.model_dump(mode="json", exclude_unset=True)} if preview else {}
        )
        return {"text": message.text, "entities": _dump(message.entities), **shown}
    content: dict[str, Any] = {"kind": ContentType(message.content_type).value}
    if message.caption is not None:
        content |= {"caption": message.caption, "caption_entities": _dump(message.caption_entities)}
    file = message.photo[-1] if message.photo else next(filter(None, _files(message)), None)
    return content if file is None else {**content, "file_id": file.file_id}


def _files(message: Message) -> list[Any]:
    return [getattr(message, name) for name in FILES]


def _dump(entities: list[Any] | None) -> list[dict[str, Any]]:
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities or ()]
