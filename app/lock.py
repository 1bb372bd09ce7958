"""One bot owner per SQLite file: a lock of the operating system, gone with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.config import Settings


class AlreadyRunningError(Exception):
    """Another process serves the bots of this database."""


@contextmanager
def only_owner(settings: Settings) -> Iterator[None]:
    """Hold the database for this process; raises AlreadyRunningError. PostgreSQL needs none: leases decide there."""
    if not settings.url.startswith("sqlite"):
        yield
        return
    path = Path(settings.url.partition("///")[2] + ".lock")
    busy = f"another Tandem serves the bots of {path.with_suffix('')}: stop it first, or use PostgreSQL to run several"
    with holding(path, busy):
        yield


@contextmanager
def holding(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file for this process; raises AlreadyRunningError(busy)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunningError(busy) from None
        yield
