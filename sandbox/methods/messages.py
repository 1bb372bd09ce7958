"""sendMessage, the media methods, sendMediaGroup, sendChatAction."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.methods import sending
from sandbox.protocol.media import read_input_media, read_media
from sandbox.protocol.registry import Call, method
from sandbox.wire.errors import bad_request

MIN_ALBUM, MAX_ALBUM = 2, 10
_KINDS = {
    "sendPhoto": "photo",
    "sendVoice": "voice",
    "sendVideo": "video",
    "sendVideoNote": "video_note",
    "sendDocument": "document",
    "sendAudio": "audio",
    "sendAnimation": "animation",
    "sendSticker": "sticker",
}
_RIGHTS = {
    "photo": "can_send_photos",
    "voice": "can_send_voice_notes",
    "video": "can_send_videos",
    "video_note": "can_send_video_notes",
    "document": "can_send_documents",
    "audio": "can_send_audios",
}
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
        "pick_up_location", "record_video_note", "upload_video_note", "cancel",
    }
)  # fmt: skip
_UNCAPTIONED = frozenset({"sticker", "video_note"})
_ALONE = frozenset({"document", "audio"})
_ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})


@method("sendMessage")
def send_message(call: Call) -> Any:
    """Send a text."""
    preview = sending.read_preview(call)
    text = sending.read_text(call)
    return sending.send(call, sending.target(call), {**sending.text_fields(text), **preview})


@method(*_KINDS)
async def send_media(call: Call) -> Any:
    """Send one file with an optional caption."""
    kind = _KINDS[call.method]
    media = await read_media(call, kind, call.params.values.get(kind), call.params.values)
    caption = {} if kind in _UNCAPTIONED else sending.caption_of(call)
    spoiler = {"has_media_spoiler": True} if call.params.flag("has_spoiler") else {}
    chat = sending.target(call, _RIGHTS.get(kind, "can_send_other_messages"))
    return sending.send(call, chat, {"media": media, **caption, **spoiler})


@method("sendMediaGroup")
async def send_media_group(call: Call) -> Any:
    """Send an album of 2 to 10 files; documents and audio only among themselves."""
    call.params.required("media")
    wanted = call.params.json("media")
    if not isinstance(wanted, list):
        raise bad_request("expected an Array of InputMedia")
    bodies = [await _album_part(call, part) for part in wanted]
    _check_album([body["media"]["kind"] for body in bodies])
    chat = sending.target(call, "can_send_photos")
    reply = sending.reply_target(call, chat)
    common = sending.common_fields(call, chat, reply)
    call.world.limiter.take(call.bot, chat, len(bodies))
    group = {"media_group_id": album_id(call)}
    sent = [sending.deliver(call, chat, {**group, **body, **common}, reply_to=reply) for body in bodies]
    return [rendering.message(call.world, part, call.bot.id) for part in sent]


def album_id(call: Call) -> str:
    """Return a fresh album id."""
    return str(13_700_000_000_000_000 + call.world.count("album") * 4093)


async def _album_part(call: Call, raw: Any) -> dict[str, Any]:
    media = await read_input_media(call, raw, _ALBUM_KINDS)
    caption = sending.read_caption(
        str(raw.get("caption") or ""), str(raw.get("parse_mode") or ""), raw.get("caption_entities")
    )
    return {"media": media, **sending.caption_fields(caption)}


def _check_album(kinds: list[str]) -> None:
    if not MIN_ALBUM <= len(kinds) <= MAX_ALBUM:
        raise bad_request(
            "there must be 2-10 items in the album" if kinds else "there are no messages to send"
        )
    for kind in _ALONE & set(kinds):
        if set(kinds) != {kind}:
            raise bad_request(f"{kind} can't be mixed with other media types")


@method("sendChatAction")
def send_chat_action(call: Call) -> Any:
    """Show that the bot is busy."""
    action = call.params.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = sending.target(call)
    posting.tell(call.world, chat, {"event": "action", "action": action, "from": call.bot.id})
    return True
