"""What all sending methods share: text and caption, reply, markup, limits, and the post itself."""

from typing import Any

from sandbox.chats import posting, rendering, topics
from sandbox.chats.access import writable_chat
from sandbox.chats.keyboards import read_markup
from sandbox.protocol.registry import Call
from sandbox.state.model import Chat, Message
from sandbox.text.entities import Formatted
from sandbox.text.formatted import read_formatted
from sandbox.wire.errors import bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
_NO_PREVIEW = "disable_web_page_preview"
Json = dict[str, Any]


def read_text(call: Call, name: str = "text") -> Formatted:
    """Read the text of a message."""
    raw = call.params.text(name)
    if not raw:
        raise bad_request("message text is empty")
    text = read_formatted(raw, call.params.text("parse_mode"), call.params.json("entities"))
    if not text.text:
        raise bad_request("text must be non-empty")
    if text.length > MAX_TEXT:
        raise bad_request("message is too long")
    return text


def read_preview(call: Call) -> Json:
    """Read how links in a text are shown, as message fields."""
    preview = call.params.json("link_preview_options", "link preview options")
    if preview is None:
        return {"link_preview_options": {"is_disabled": True}} if call.params.flag(_NO_PREVIEW) else {}
    if not isinstance(preview, dict):
        raise bad_request("object expected as link preview options")
    return {"link_preview_options": preview}


def read_caption(raw: str, parse_mode: str, entities: Any) -> Formatted:
    """Read a caption, which may be empty."""
    caption = read_formatted(raw, parse_mode, entities)
    if caption.length > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return caption


def caption_of(call: Call) -> Json:
    """Read the call's caption as message fields."""
    params = call.params
    caption = read_caption(params.text("caption"), params.text("parse_mode"), params.json("caption_entities"))
    fields = caption_fields(caption)
    if params.flag("show_caption_above_media"):
        fields["show_caption_above_media"] = True
    return fields


def text_fields(text: Formatted) -> Json:
    """Write a text as message fields."""
    return _fields(text, "text", "entities")


def caption_fields(caption: Formatted) -> Json:
    """Write a caption as message fields."""
    return _fields(caption, "caption", "caption_entities")


def _fields(text: Formatted, name: str, entities: str) -> Json:
    if not text.text:
        return {}
    return {name: text.text, entities: list(text.entities)} if text.entities else {name: text.text}


def target(call: Call, right: str = "can_send_messages") -> Chat:
    """Return the chat the call writes to."""
    return writable_chat(call.world, call.bot, call.params.values.get("chat_id"), right)


def reply_target(call: Call, chat: Chat) -> int:
    """Return the id of the message replied to, 0 when it may be missing; refuses otherwise."""
    wish = call.params.json("reply_parameters", "reply parameters")
    if isinstance(wish, dict):
        wanted, optional = wish.get("message_id", 0), bool(wish.get("allow_sending_without_reply"))
    elif wish is None:
        wanted = call.params.number("reply_to_message_id")
        optional = call.params.flag("allow_sending_without_reply")
    else:
        raise bad_request("object expected as reply parameters")
    if not wanted:
        return 0
    if not isinstance(wanted, int) or wanted not in chat.messages:
        if optional:
            return 0
        raise bad_request("message to be replied not found")
    return wanted


def common_fields(call: Call, chat: Chat, reply_to: int = 0) -> Json:
    """Read what every message may carry, and which topic it goes to."""
    thread = call.params.number("message_thread_id")
    fields = topics.place_in(call.world, chat, call.bot.id, thread, reply_to)
    if call.params.flag("protect_content"):
        fields["has_protected_content"] = True
    if call.params.has("message_effect_id"):
        fields["effect_id"] = call.params.text("message_effect_id")
    return fields


def send(call: Call, chat: Chat, body: Json) -> Json:
    """Check reply, markup and limits, post one message and return it."""
    markup = read_markup(call.params.values.get("reply_markup"), private=chat.is_private)
    reply = reply_target(call, chat)
    fields = common_fields(call, chat, reply)
    call.world.limiter.take(call.bot, chat)
    message = deliver(call, chat, {**body, **fields}, markup=markup, reply_to=reply)
    return rendering.message(call.world, message, call.bot.id)


def deliver(call: Call, chat: Chat, body: Json, *, markup: Json | None = None, reply_to: int = 0) -> Message:
    """Post one message whose right to be sent is settled; what the bot was still drafting ends with it."""
    chat.drafts.clear()
    message = posting.post(call.world, chat, call.bot.id, body, markup=markup, reply_to=reply_to)
    if not chat.is_private:
        posting.announce(call.world, chat, message)
    return message
