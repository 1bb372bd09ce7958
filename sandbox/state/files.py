"""The file store: bytes in memory or in a folder, and the identifiers bots know files by."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Any

from sandbox.state.model import StoredFile
from sandbox.wire.errors import bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024
WRONG_ID = "wrong file identifier/HTTP URL specified"
_PREFIXES = {
    "photo": "AgACAgIAAxkBAAI",
    "voice": "AwACAgIAAxkBAAI",
    "video": "BAACAgIAAxkBAAI",
    "document": "BQACAgIAAxkBAAI",
    "sticker": "CAACAgIAAxkBAAI",
    "audio": "CQACAgIAAxkBAAI",
    "animation": "CgACAgIAAxkBAAI",
    "video_note": "DQACAgIAAxkBAAI",
}
_KINDS = {prefix: kind for kind, prefix in _PREFIXES.items()}
_TITLES = {"video_note": "VideoNote", "voice": "VoiceNote"}
_FOLDERS = {
    "photo": ("photos", ".jpg"),
    "voice": ("voice", ".oga"),
    "video": ("videos", ".mp4"),
    "document": ("documents", ""),
    "sticker": ("stickers", ".webp"),
    "audio": ("music", ".mp3"),
    "animation": ("animations", ".mp4"),
    "video_note": ("video_notes", ".mp4"),
}
_PREFIX_LENGTH = 15
_SIGNATURE_BYTES = 6


class FileStore:
    """Keeps every file once; with a folder the bytes survive the process."""

    def __init__(self, folder: Path | None) -> None:
        self.known: dict[int, StoredFile] = {}
        self._folder = folder
        self._bytes: dict[int, bytes] = {}

    def add(self, data: bytes, kind: str, name: str, mime: str, meta: dict[str, Any]) -> StoredFile:
        """Keep a new file."""
        number = len(self.known) + 1
        stored = StoredFile(number, kind, len(data), name, mime, meta)
        self.known[number] = stored
        if self._folder is None:
            self._bytes[number] = data
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / str(number)).write_bytes(data)
        return stored

    def read(self, number: int) -> bytes:
        """Return a file's bytes; raises KeyError for an unknown one."""
        if self._folder is None:
            return self._bytes[number]
        try:
            return (self._folder / str(number)).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(number) from error


def file_id(bot_id: int, stored: StoredFile, size: str = "") -> str:
    """Name the file for one bot; another bot cannot use the name."""
    plain = f"{bot_id}.{stored.number}.{size}".encode()
    return _PREFIXES[stored.kind] + _encoded(plain + _signature(plain))


def unique_id(stored: StoredFile, size: str = "") -> str:
    """Name the file for all bots and all times; it opens nothing."""
    digest = hashlib.blake2b(f"{stored.kind}.{stored.number}.{size}".encode(), digest_size=8).digest()
    return "AQAD" + _encoded(digest)


def resolve(store: FileStore, bot_id: int, name: str, kind: str) -> StoredFile:
    """Find the file a bot means; refuses others' names, and names of another kind unless `kind` is empty."""
    stored = _find(store, bot_id, name)
    if stored is None:
        raise bad_request(WRONG_ID)
    if kind and stored.kind != kind:
        raise bad_request(f"can't use file of type {_title(stored.kind)} as {_title(kind)}")
    return stored


def file_path(stored: StoredFile) -> str:
    """Return the path under which a bot downloads the file."""
    folder, suffix = _FOLDERS[stored.kind]
    return f"{folder}/file_{stored.number}{Path(stored.name).suffix or suffix}"


def number_in_path(path: str) -> int:
    """Return the file number in such a path, 0 when there is none."""
    stem = Path(path).stem.removeprefix("file_")
    return int(stem) if stem.isdecimal() else 0


def _title(kind: str) -> str:
    return _TITLES.get(kind, kind.capitalize())


def _find(store: FileStore, bot_id: int, name: str) -> StoredFile | None:
    if name[:_PREFIX_LENGTH] not in _KINDS:
        return None
    try:
        raw = base64.urlsafe_b64decode(name[_PREFIX_LENGTH:] + "=" * (-(len(name) - _PREFIX_LENGTH) % 4))
    except (ValueError, binascii.Error):
        return None
    plain, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if signature != _signature(plain):
        return None
    owner, number, _ = plain.decode().split(".")
    stored = store.known.get(int(number))
    return stored if int(owner) == bot_id else None


def _signature(plain: bytes) -> bytes:
    return hashlib.blake2b(plain, digest_size=_SIGNATURE_BYTES, person=b"sandbox file").digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
