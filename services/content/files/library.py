"""The files that authors upload for their texts: what may be taken, where it lies, what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from core.db.keyset import Order, Slice, by_number
from core.db.models.content import media_files
from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.text.message import MediaKind
from services.content.importing.media import SUFFIXES, kind_of, limit_of
from services.content.messages.media import OWN, find_below, find_file, keep_received
from services.content.store import media as store
from services.tenancy.plans import room
from services.tenancy.plans.offered import Resource

ORDERS: Mapping[str, Order] = by_number(media_files.c.id)
MOST_NAME = 256
_HEAD = 16
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
"""How the pictures begin that Telegram shows."""


@dataclass(frozen=True)
class MediaFile:
    """An uploaded file; `ref` is what steps name it by."""

    id: int
    ref: str
    name: str
    kind: MediaKind
    size: int
    added_at: datetime


@dataclass(frozen=True)
class Received:
    """A file that has come and may be taken."""

    ref: str
    name: str
    kind: MediaKind
    size: int


def take(env: Environment, path: Path, name: str) -> Received:
    """Keep a file that has come to `path`; raises MEDIA_KIND_WRONG, MEDIA_TOO_LARGE."""
    suffix, size = PurePath(name).suffix.lower(), path.stat().st_size
    kind = kind_of(name, MediaKind.DOCUMENT)
    if suffix not in SUFFIXES or not size or not _is_what_it_says(path, kind):
        raise DomainError(ErrorKind.INVALID, "MEDIA_KIND_WRONG", name)
    if size > limit_of(kind):
        raise DomainError(ErrorKind.INVALID, "MEDIA_TOO_LARGE", name)
    return Received(keep_received(env, path, suffix), name[-MOST_NAME:], kind, size)


async def check_room(uow: UnitOfWork, size: int) -> None:
    """Raise as `room.take` where the account's plan has no room for so many bytes more."""
    await room.check(uow, Resource.STORAGE, size)


def _is_what_it_says(path: Path, kind: MediaKind) -> bool:
    """A picture is one, and nothing is a database or a private key."""
    with path.open("rb") as file:
        begins = file.read(_HEAD)
    is_picture = kind not in {MediaKind.PHOTO, MediaKind.ANIMATION} or begins.startswith(_PICTURES)
    return is_picture and find_below(path.parent, path) is not None


async def add(uow: UnitOfWork, received: Received) -> MediaFile:
    """Have a kept file among those of the account; the same bytes are the same file, by its latest name.

    Raises as `room.take` where the account's plan has no room for it.
    """
    if not await store.has_ref(uow.conn, uow.account_id, received.ref):
        await room.take(uow, Resource.STORAGE, received.size)
    row = {"ref": received.ref, "name": received.name, "kind": received.kind, "size": received.size}
    return await get(uow, await store.put_file(uow.conn, uow.account_id, {**row, "added_at": uow.now}))


async def get(uow: UnitOfWork, file_id: int) -> MediaFile:
    """One file; raises MEDIA_NOT_FOUND."""
    row = await store.find_file(uow.conn, uow.account_id, file_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "MEDIA_NOT_FOUND", str(file_id))
    return MediaFile(*row)


async def list_page(uow: UnitOfWork, kind: MediaKind | None, part: Slice) -> Sequence[MediaFile]:
    """A part of the account's files."""
    return [MediaFile(*row) for row in await store.list_file_page(uow.conn, uow.account_id, kind, part)]


def find_shown(env: Environment, ref: str) -> Path:
    """The file that a text names so, to look at it; raises MEDIA_NOT_FOUND, also for what is no medium."""
    if not ref.startswith(OWN) or PurePath(ref).suffix.lower() not in SUFFIXES:
        raise DomainError(ErrorKind.NOT_FOUND, "MEDIA_NOT_FOUND", ref)
    return find_file(env, ref)
