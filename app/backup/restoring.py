"""Put a backup in the place of an installation, which stands still then; move an installation to another database."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.backup.archive import Archive, Manifest, reading
from app.backup.filling import fill
from app.backup.taking import SIDE_FILES, write_backup
from app.boot.database import build_database
from app.boot.keys import load_keys
from app.boot.machine.lock import AlreadyRunningError, only_owner
from app.boot.process import Process
from app.boot.schema import is_current, is_new
from app.boot.settings import Settings
from core.clock import SystemClock
from core.db.address import find_file
from core.db.refill import Tell
from core.db.session import Database, Row
from core.environment import Environment
from services.delivery.leases import count_held
from services.delivery.standstill import begin_with, stand_still
from utils.sealed import KeyRing

SERVED = "another Tandem serves the bots of this database: stop it first"


async def restore(settings: Settings, path: Path, tell: Tell, *, force: bool) -> tuple[Manifest, Path | None]:
    """Put a backup in the place of the installation `settings` describe; it stands still until it is told to go on.

    Gives what the backup says of itself, and where the SQLite file that was there lies now. Raises as `reading` and
    `fill` do; ValueError where something is there and not `force`; AlreadyRunningError while that is served.
    """
    keys = load_keys(settings)
    with only_owner(settings), reading(path, keys) as archive:
        is_empty = await is_new(settings.url)
        if not is_empty:
            await _refuse_what_is_there(settings, keys, force=force)
        reason = f"restored from a backup of {archive.manifest.taken_at:%Y-%m-%d %H:%M} UTC"
        still = begin_with(Environment.account_id, SystemClock().real_now(), reason)
        aside = await _put_in_place(settings.url, archive, tell, still, is_empty=is_empty)
        for name in archive.list_media():
            archive.copy_media(name, settings.data_dir / name)
        return archive.manifest, aside


async def move(process: Process, url: str, tell: Tell) -> Manifest:
    """Copy the installation into an empty database at `url`; the one here stands still from then on.

    Raises ValueError where something is there already; AlreadyRunningError while the installation is served.
    """
    with only_owner(process.settings), tempfile.TemporaryDirectory(dir=process.settings.data_dir) as folder:
        await _refuse_served(process.db)
        if not await is_new(url):
            raise ValueError("there is something in that database already: name an empty one")
        path = Path(folder) / "moving"
        manifest = await write_backup(process.db, process.keys, path, tell)
        with reading(path, process.keys) as archive:
            await fill(url, archive, tell)
        async with process.db.unit(process.account_id) as uow:
            await stand_still(uow, "moved to another database")
        return manifest


async def _refuse_what_is_there(settings: Settings, keys: KeyRing, *, force: bool) -> None:
    if not force:
        raise ValueError("there is an installation already: --force puts the backup in its place")
    if find_file(settings.url) is None and await is_current(settings.url):
        db = build_database(settings, keys, SystemClock())
        try:
            await _refuse_served(db)
        finally:
            await db.close()


async def _refuse_served(db: Database) -> None:
    """SQLite's file is locked by who serves it; on PostgreSQL leases say it."""
    if not db.is_sqlite and await count_held(db):
        raise AlreadyRunningError(SERVED)


async def _put_in_place(
    url: str, archive: Archive, tell: Tell, still: Mapping[str, Row], *, is_empty: bool
) -> Path | None:
    file = find_file(url)
    if file is None:
        await fill(url, archive, tell, still, replaces=not is_empty)
        return None
    fresh = file.with_name(f"{file.name}.restoring")
    fresh.unlink(missing_ok=True)
    await fill(f"sqlite+aiosqlite:///{fresh}", archive, tell, still)
    aside = None if is_empty else _put_aside(file)
    fresh.replace(file)
    return aside


def _put_aside(file: Path) -> Path:
    """Keep what was there under another name, with what SQLite has beside it."""
    number = 1
    while (aside := file.with_name(f"{file.name}.replaced-{number}")).exists():
        number += 1
    for end in SIDE_FILES:
        beside = file.with_name(f"{file.name}{end}")
        if beside.exists():
            beside.replace(aside.with_name(f"{aside.name}{end}"))
    return aside
