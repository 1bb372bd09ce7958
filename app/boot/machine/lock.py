"""One bot owner per SQLite file: a lock of the operating system, gone with its process."""

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.boot.settings import Settings
from core.db.address import find_file

FAR = 1 << 61  # a byte that no database has and SQLite does not lock


class AlreadyRunningError(Exception):
    """Another process serves the bots of this database."""


@contextmanager
def only_owner(settings: Settings) -> Iterator[None]:
    """Hold the database for this process; raises AlreadyRunningError. PostgreSQL needs none: leases decide there.

    The lock belongs to the file itself, whatever names lead to it and whatever the address says behind them.
    """
    path = find_file(settings.url)
    if path is None:
        yield
        return
    busy = f"another Tandem serves the bots of {path}: stop it first, or use PostgreSQL to run several"
    with holding(path.with_name(f"{path.name}.lock"), busy), _holding_byte(path, busy):
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


@contextmanager
def _holding_byte(path: Path, busy: str) -> Iterator[None]:
    """Hold a byte far behind the file's end: a hard link leads to it as well. Where the system has no such locks, nothing.

    Open before the first connection and closed after the last: SQLite's own locks are not touched.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock_byte(handle, busy)
        yield
    finally:
        os.close(handle)


def _lock_byte(handle: int, busy: str) -> None:
    command = getattr(fcntl, "F_OFD_SETLK", None)
    if command is None:
        return
    try:
        fcntl.fcntl(handle, command, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, FAR, 1, 0))
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            raise AlreadyRunningError(busy) from None
