"""Small files made on the spot, for people who want to send something: a picture, a sound, a document."""

import math
import struct
import zlib

from sandbox.wire.params import Upload

_SIDE = (320, 200)
_RATE = 8000
_SECONDS = 2
KINDS = ("photo", "voice", "video", "video_note", "document", "audio", "animation", "sticker")


def sample(kind: str, number: int = 0) -> Upload:
    """Make a file of the kind; `number` changes its colours or its sound."""
    if kind in ("photo", "sticker"):
        return Upload(f"picture{number}.png", "image/png", picture(number))
    if kind in ("voice", "audio"):
        return Upload(f"sound{number}.wav", "audio/wav", sound(number))
    if kind == "document":
        return Upload(f"notes{number}.txt", "text/plain", f"Notes, page {number + 1}\n".encode())
    # No video is drawn here: players show its frame, tests only carry its bytes.
    return Upload(f"clip{number}.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(64))


def picture(number: int) -> bytes:
    """Draw a soft gradient as PNG."""
    width, height = _SIDE
    hue = (number * 67) % 160
    rows = bytearray()
    for y in range(height):
        shade = 90 + y * 120 // height
        row = b"".join(bytes((60 + hue, shade, 230 - x * 110 // width)) for x in range(width))
        rows += b"\0" + row
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def sound(number: int) -> bytes:
    """Play two soft tones as WAV."""
    pitch = 330 + 55 * (number % 5)
    count = _RATE * _SECONDS
    wave = bytearray()
    for step in range(count):
        fade = min(step, count - step, _RATE // 8) / (_RATE // 8)
        tone = math.sin(2 * math.pi * (pitch if step < count // 2 else pitch * 1.25) * step / _RATE)
        wave.append(int(128 + 40 * fade * tone))
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + count, b"WAVE", b"fmt ", 16, 1, 1, _RATE, _RATE, 1, 8)
    return head + struct.pack("<4sI", b"data", count) + bytes(wave)
