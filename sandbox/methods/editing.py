"""Changing messages that were sent: text, caption, media, keyboard."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.chats.access import find_chat, has_right, must_be_in
from sandbox.chats.keyboards import read_markup
from sandbox.methods import sending
from sandbox.protocol.media import read_input_media
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, ChatType, Message
from sandbox.wire.errors import bad_request

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_CAPTION = frozenset({"caption", "caption_entities", "show_caption_above_media"})
_TEXT = frozenset({"text", "entities", "link_preview_options"})
_EDITABLE = frozenset({"photo", "video", "animation", "document", "audio"})


@method("editMessageText")
def edit_message_text(call: Call) -> Any:
    """Change the text of a message."""
    preview = sending.read_preview(call)
    text = sending.read_text(call)
    chat, message = own_message(call)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    body = {**_without(message, _TEXT), **sending.text_fields(text), **preview}
    return _changed(call, chat, message, body)


@method("editMessageCaption")
def edit_message_caption(call: Call) -> Any:
    """Change the caption of a message."""
    caption = sending.caption_of(call)
    chat, message = own_message(call)
    if "media" not in message.body or message.body["media"]["kind"] in ("sticker", "video_note"):
        raise bad_request("there is no caption in the message to edit")
    return _changed(call, chat, message, {**_without(message, _CAPTION), **caption})


@method("editMessageMedia")
async def edit_message_media(call: Call) -> Any:
    """Put another file, with its caption, in place of a message's file."""
    call.params.required("media")
    raw = call.params.json("media", "input media")
    media = await read_input_media(call, raw, _EDITABLE)
    caption = sending.read_caption(
        str(raw.get("caption") or ""), str(raw.get("parse_mode") or ""), raw.get("caption_entities")
    )
    chat, message = own_message(call)
    if "media" not in message.body and "text" not in message.body:
        raise bad_request("message can't be edited")
    body = {**_without(message, _CAPTION | _TEXT), "media": media, **sending.caption_fields(caption)}
    return _changed(call, chat, message, body)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Any:
    """Change only the keyboard."""
    chat, message = own_message(call)
    return _changed(call, chat, message, message.body)


def _without(message: Message, names: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in message.body.items() if key not in names}


def own_message(call: Call) -> tuple[Chat, Message]:
    """Return a message the bot may edit, and its chat; refuses."""
    params = call.params
    number = params.number("message_id")
    if not number and not params.text("chat_id"):
        inline = params.text("inline_message_id")
        raise bad_request("MESSAGE_ID_INVALID" if inline else "message identifier is not specified")
    chat = find_chat(call.world, call.bot, params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    message = chat.messages.get(number)
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender_id != call.bot.id and not _may_edit_posts(call, chat):
        raise bad_request("message can't be edited")
    return chat, message


def _may_edit_posts(call: Call, chat: Chat) -> bool:
    return chat.type is ChatType.CHANNEL and has_right(chat.members.get(call.bot.id), "can_edit_messages")


def _changed(call: Call, chat: Chat, message: Message, body: dict[str, Any]) -> Any:
    markup = read_markup(call.params.values.get("reply_markup"), private=chat.is_private, inline_only=True)
    kept_markup = message.markup if message.markup and "inline_keyboard" in message.markup else None
    if body == message.body and markup == kept_markup:
        raise bad_request(NOT_MODIFIED)
    message.body = body
    message.markup = markup
    message.edit_date = call.world.clock.date()
    posting.show(call.world, chat, message, "message")
    return rendering.message(call.world, message, call.bot.id)
