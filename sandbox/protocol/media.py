"""Files in calls: an upload, a known file_id or an address become stored files."""

import struct
from typing import Any

import aiohttp

from sandbox.protocol.registry import Call
from sandbox.state.files import WRONG_ID, resolve
from sandbox.state.model import StoredFile
from sandbox.state.world import World
from sandbox.wire.errors import bad_request
from sandbox.wire.params import Upload

MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_URL_PHOTO = 5 * 1024 * 1024
MAX_URL = 20 * 1024 * 1024
URL_TIMEOUT = 5.0
MAX_SIDES, MAX_RATIO = 10_000, 20
_EXTRAS = {
    "video": ("duration", "width", "height"),
    "animation": ("duration", "width", "height"),
    "audio": ("duration", "performer", "title"),
    "voice": ("duration",),
    "video_note": ("duration", "length"),
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "voice": {"duration": 1},
    "audio": {"duration": 1},
    "video": {"width": 320, "height": 240, "duration": 1},
    "animation": {"width": 320, "height": 240, "duration": 1},
    "video_note": {"length": 240, "duration": 1},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
}
_MIMES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "sticker": "image/webp",
}
_MIN_IMAGE = 24
_MARKER = 0xFF
_SIZE_MARKERS = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC)})
Json = dict[str, Any]


async def read_media(call: Call, kind: str, raw: Any, source: Json) -> Json:
    """Return the media of a message; `raw` is a file_id, an address, `attach://name`, or nothing for an upload."""
    name = raw if isinstance(raw, str) else ""
    upload = _uploaded(call, kind, name)
    if upload is not None:
        stored = keep_upload(call.world, kind, upload)
    elif not name or name.startswith("attach://"):
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    elif name.startswith(("http://", "https://")):
        stored = keep_upload(call.world, kind, await _fetched(name, kind))
    elif "." in name or "/" in name:
        raise bad_request(WRONG_ID)
    else:
        stored = resolve(call.world.files, call.bot.id, name, kind)
    return {"kind": kind, "file": stored.number, "extra": _extra(kind, source)}


async def read_input_media(call: Call, raw: Any, kinds: frozenset[str]) -> Json:
    """Return the media an InputMedia object speaks of; only these kinds fit here."""
    wrong = "can't parse InputMedia: "
    if not isinstance(raw, dict):
        raise bad_request(wrong + "expected an Object")
    kind, name = raw.get("type"), str(raw.get("media") or "")
    lost = name.startswith("attach://") and name.removeprefix("attach://") not in call.params.files
    if lost or not name:
        raise bad_request(wrong + "media not found")
    if kind == "animation" and kind not in kinds:
        raise bad_request(f'{wrong}type "{kind}" can\'t be used in sendMediaGroup')
    if kind not in kinds:
        raise bad_request(f'{wrong}type "{kind}" is unsupported')
    return await read_media(call, kind, name, raw)


def _uploaded(call: Call, kind: str, name: str) -> Upload | None:
    if name.startswith("attach://"):
        return call.params.files.get(name.removeprefix("attach://"))
    return None if name else call.params.files.get(kind)


def _extra(kind: str, source: Json) -> Json:
    extra: Json = {}
    for name in _EXTRAS.get(kind, ()):
        value = source.get(name)
        if value not in (None, ""):
            extra[name] = value if name in ("performer", "title") else int(float(value))
    return extra


def keep_upload(world: World, kind: str, upload: Upload) -> StoredFile:
    """Store an uploaded file after Telegram's checks."""
    size = len(upload.data)
    if not size:
        raise bad_request("file must be non-empty")
    if size > (MAX_PHOTO if kind == "photo" else MAX_UPLOAD):
        raise bad_request(
            f"file of size {size} bytes is too big for a {kind}; the maximum size is "
            f"{MAX_PHOTO if kind == 'photo' else MAX_UPLOAD} bytes"
        )
    meta = dict(_DEFAULTS.get(kind, {}))
    if kind == "photo":
        sides = image_size(upload.data)
        if sides is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        _check_sides(*sides)
        meta = {"width": sides[0], "height": sides[1]}
    mime = _MIMES.get(kind) if upload.mime in ("", "application/octet-stream") else upload.mime
    return world.files.add(
        upload.data, kind, upload.name, mime or upload.mime or "application/octet-stream", meta
    )


def _check_sides(width: int, height: int) -> None:
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


async def _fetched(url: str, kind: str) -> Upload:
    most = MAX_URL_PHOTO if kind == "photo" else MAX_URL
    try:
        timeout = aiohttp.ClientTimeout(total=URL_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            if not answer.ok:
                raise bad_request("failed to get HTTP URL content")
            data = await answer.content.read(most + 1)
            mime = answer.content_type
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise bad_request("failed to get HTTP URL content") from error
    if len(data) > most:
        raise bad_request("failed to get HTTP URL content")
    if kind == "photo" and not mime.startswith("image/"):
        raise bad_request("wrong type of the web page content")
    return Upload(url.rsplit("/", 1)[-1].split("?", 1)[0], mime, data)


def image_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, JPEG, GIF or WebP image; None for anything else."""
    if len(data) < _MIN_IMAGE:
        return None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return 512, 512
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == _MARKER:
        if data[at + 1] in _SIZE_MARKERS:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None
