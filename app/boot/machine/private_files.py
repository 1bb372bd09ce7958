"""What the program writes is for its user alone: the database, media, backups, exports."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.boot.settings import Settings
from core.db.address import find_file
from services.content.messages.media import KEPT

OTHERS = 0o077


@contextmanager
def private_files(settings: Settings) -> Iterator[None]:
    """Files made inside are closed to other users; those of this installation made before are closed now."""
    before = os.umask(OTHERS)
    try:
        for path in _list_own(settings):
            _close(path)
        yield
    finally:
        os.umask(before)


def _list_own(settings: Settings) -> Iterator[Path]:
    database = find_file(settings.url)
    if database is not None:
        yield from (database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm", ".lock"))
    yield settings.data_dir / KEPT


def _close(path: Path) -> None:
    with suppress(OSError):  # it is not there, or somebody else's
        mode = path.stat().st_mode
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)
