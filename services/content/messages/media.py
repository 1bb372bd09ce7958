"""Files of the content folder and those we keep: sent once, afterwards named by Telegram's file_id of each bot."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.links import is_private
from services.content.store import media as store

KEPT = "kept"
MOST_BYTES = 50_000_000  # what a bot may send
SMALL = 500_000  # read within a millisecond or two
OWN = (f"{KEPT}/", "media/")
"""Where files lie that a text may name wherever it comes from: those we keep, and the media of the content folder."""
_DATABASE = b"SQLite format 3\0"
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY")
_LOOKED_AT = 4_096  # bytes at the beginning of a file


def find_file(env: Environment, ref: str) -> Path:
    """The file a reference means; raises MEDIA_NOT_FOUND, also for a path that leaves its folder, and for secrets.

    What begins with `kept/` was kept by `keep_file`, everything else stands in the content folder.
    """
    is_kept = ref.startswith(f"{KEPT}/")
    root = env.data_dir if is_kept else env.content_dir
    folder = root / KEPT if is_kept else root
    try:
        path = find_below(folder, root / ref)
        if path is not None and (is_kept or not path.is_relative_to(env.data_dir.resolve())):
            return path
    except (OSError, ValueError):
        pass  # no file can have that name
    raise DomainError(ErrorKind.NOT_FOUND, "MEDIA_NOT_FOUND", ref)


def find_below(folder: Path, path: Path) -> Path | None:
    """The file itself, links followed, if it lies below the folder and is no hidden file, key or database."""
    real, base = path.resolve(), folder.resolve()
    if (
        not real.is_relative_to(base)
        or is_private(PurePosixPath(real.relative_to(base)))
        or not real.is_file()
    ):
        return None
    with real.open("rb") as file:
        begins = file.read(_LOOKED_AT)
    return None if begins.startswith(_DATABASE) or _PRIVATE_KEY.search(begins) else real


def mirror_content(env: Environment, into: Path) -> None:
    """Links in a folder to all files of the content folder that a text may name: no hidden file, key or database."""
    base, private = env.content_dir.resolve(), env.data_dir.resolve()
    for folder, inner, names in os.walk(base):
        place = Path(folder)
        inner[:] = [name for name in inner if not name.startswith(".") and place / name != private]
        for name in names:
            path = find_below(base, place / name)
            if path is not None and not path.is_relative_to(private):
                link = into / place.relative_to(base) / name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path)


def name_kept(content: bytes, suffix: str) -> str:
    """The reference a kept file has: the same for the same bytes."""
    return _name(hashlib.sha256(content).hexdigest(), suffix)


def name_kept_file(path: Path) -> str:
    """The reference a file will have when it is kept; it is read in pieces."""
    with path.open("rb") as file:
        return _name(hashlib.file_digest(file, "sha256").hexdigest(), path.suffix.lower())


def _name(digest: str, suffix: str) -> str:
    return f"{KEPT}/{digest[:32]}{suffix}"


def keep_file(env: Environment, content: bytes, suffix: str) -> str:
    """Keep a file of our own beside the database; gives the reference messages name it by (see `name_kept`)."""
    ref = name_kept(content, suffix)
    path = env.data_dir / ref
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return ref


def keep_received(env: Environment, path: Path, suffix: str) -> str:
    """As `keep_file`, for a file that lies in our folder of data already; it is moved."""
    with path.open("rb") as file:
        ref = _name(hashlib.file_digest(file, "sha256").hexdigest(), suffix)
    place = env.data_dir / ref
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)
    return ref


def forget_file(env: Environment, ref: str) -> None:
    """Delete a file of ours; one that is gone is gone."""
    (env.data_dir / KEPT / Path(ref).name).unlink(missing_ok=True)


async def load_digest(path: Path) -> str:
    """`digest_of`, beside the loop where the file is not a small one."""
    return digest_of(path) if _is_small(path) else await asyncio.to_thread(digest_of, path)


def _is_small(path: Path) -> bool:
    return path.stat().st_size <= SMALL


def digest_of(path: Path) -> str:
    """What tells a changed file from the one sent before; raises MEDIA_TOO_LARGE before anything is read."""
    check_size(path)
    return _digest(path, path.stat().st_mtime_ns)


def check_size(path: Path) -> None:
    """Raise MEDIA_TOO_LARGE for a file that no bot may send."""
    if path.stat().st_size > MOST_BYTES:
        raise DomainError(
            ErrorKind.INVALID, "MEDIA_TOO_LARGE", f"{path.name}: more than {MOST_BYTES // 1_000_000} MB"
        )


@lru_cache(maxsize=1024)
def _digest(path: Path, changed: int) -> str:
    del changed
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def load_file_ids(
    conn: AsyncConnection, bot_id: int, digests: Collection[str]
) -> Mapping[tuple[str, str], str]:
    """Telegram's names for files this bot has sent, by (reference, digest)."""
    return await store.load_file_ids(conn, bot_id, digests)


async def remember_file_id(uow: UnitOfWork, bot_id: int, ref: str, digest: str, file_id: str) -> None:
    """Keep Telegram's name for a file."""
    row = {"account_id": uow.account_id, "bot_id": bot_id, "ref": ref, "digest": digest, "file_id": file_id}
    await store.add_file_ids(uow.conn, [row])
