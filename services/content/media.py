"""Files of the content folder: sent once, afterwards named by Telegram's file_id of each bot."""

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.content import store


def find_file(content_dir: Path, ref: str) -> Path:
    """The file a reference means; raises MEDIA_NOT_FOUND, also for a path that leaves the folder."""
    try:
        path = (content_dir / ref).resolve()
        if path.is_relative_to(content_dir.resolve()) and path.is_file():
            return path
    except (OSError, ValueError):
        pass  # no file can have that name
    raise DomainError(ErrorKind.NOT_FOUND, "MEDIA_NOT_FOUND", ref)


def digest_of(path: Path) -> str:
    """What tells a changed file from the one sent before."""
    return _digest(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _digest(path: Path, changed: int) -> str:
    del changed
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def load_file_ids(
    conn: AsyncConnection, bot_id: int, digests: Collection[str]
) -> Mapping[tuple[str, str], str]:
    """Telegram's names for files this bot has sent, by (reference, digest)."""
    return await store.load_file_ids(conn, bot_id, digests)


async def remember_file_id(uow: UnitOfWork, bot_id: int, ref: str, digest: str, file_id: str) -> None:
    """Keep Telegram's name for a file."""
    row = {"account_id": uow.account_id, "bot_id": bot_id, "ref": ref, "digest": digest, "file_id": file_id}
    await store.add_file_ids(uow.conn, [row])
