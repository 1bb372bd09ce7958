"""Files of the content folder and those we keep: sent once, afterwards named by Telegram's file_id of each bot."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from services.content.store import deployments as store

KEPT = "kept"


def find_file(env: Environment, ref: str) -> Path:
    """The file a reference means; raises MEDIA_NOT_FOUND, also for a path that leaves its folder.

    What begins with `kept/` was kept by `keep_file`, everything else stands in the content folder.
    """
    is_kept = ref.startswith(f"{KEPT}/")
    root = env.data_dir if is_kept else env.content_dir
    folder = root / KEPT if is_kept else root
    try:
        path = (root / ref).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    except (OSError, ValueError):
        pass  # no file can have that name
    raise DomainError(ErrorKind.NOT_FOUND, "MEDIA_NOT_FOUND", ref)


def name_kept(content: bytes, suffix: str) -> str:
    """The reference a kept file has: the same for the same bytes."""
    return f"{KEPT}/{hashlib.sha256(content).hexdigest()[:32]}{suffix}"


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
