"""How a group or channel looks: title, description, photo, sticker set."""

from typing import Any

from sandbox.chats import posting
from sandbox.chats.access import administered_chat, find_chat
from sandbox.methods.groups import must_be_supergroup
from sandbox.protocol.media import keep_upload
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat
from sandbox.wire.errors import bad_request

MAX_TITLE = 128
Json = dict[str, Any]


def _informed_chat(call: Call, refusal: str) -> Chat:
    return administered_chat(
        call.world, call.bot, call.params.values.get("chat_id"), "can_change_info", refusal
    )


def _tell(call: Call, chat: Chat, note: Json) -> None:
    posting.announce(call.world, chat, posting.post(call.world, chat, call.bot.id, note))


@method("setChatTitle")
def set_chat_title(call: Call) -> Any:
    """Rename a group or channel."""
    title = call.params.text("title").strip()
    if not 0 < len(title) <= MAX_TITLE:
        raise bad_request("CHAT_TITLE_EMPTY" if not title else "chat title is too long")
    chat = _informed_chat(call, "not enough rights to change chat title")
    chat.title = title
    _tell(call, chat, {"new_chat_title": title})
    return True


@method("setChatDescription")
def set_chat_description(call: Call) -> Any:
    """Describe a group or channel anew."""
    chat = _informed_chat(call, "not enough rights to set chat description")
    if chat.description == call.params.text("description"):
        raise bad_request("chat description is not modified")
    chat.description = call.params.text("description")
    call.world.touch()
    return True


@method("setChatPhoto")
def set_chat_photo(call: Call) -> Any:
    """Give a group or channel a picture, which has to come with the call."""
    raw = call.params.text("photo")
    upload = call.params.files.get(raw.removeprefix("attach://") or "photo")
    if upload is None:
        why = "photo must be uploaded as an InputFile" if raw else "there is no photo in the request"
        raise bad_request(why)
    chat = _informed_chat(call, "not enough rights to change chat photo")
    stored = keep_upload(call.world, "photo", upload)
    _tell(call, chat, {"new_chat_photo": {"kind": "photo", "file": stored.number}})
    return True


@method("deleteChatPhoto")
def delete_chat_photo(call: Call) -> Any:
    """Take the picture away."""
    _tell(call, _informed_chat(call, "not enough rights to change chat photo"), {"delete_chat_photo": True})
    return True


@method("setChatStickerSet", "deleteChatStickerSet")
def set_chat_sticker_set(call: Call) -> Any:
    """Take note that a supergroup has a sticker set of its own, or none."""
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_supergroup(chat)
    if call.method == "setChatStickerSet" and not call.params.text("sticker_set_name"):
        raise bad_request("sticker_set_name is empty")
    _informed_chat(call, "not enough rights to change supergroup sticker set")
    return True
