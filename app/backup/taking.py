"""Take a backup of an installation that works: the database as it was at one moment, and the media it keeps."""

import json
from collections.abc import AsyncIterator, Sequence
from importlib.metadata import version
from pathlib import Path

from app.backup.archive import FORMAT, Manifest, Pack, Written, becoming, reading, writing
from app.backup.filling import fill
from app.boot.process import Process
from app.boot.schema import find_head
from core.db.dump import Values, list_shapes, read_rows
from core.db.refill import Tell
from core.db.session import Database
from services.content.messages.media import KEPT
from utils.sealed import KeyRing

SIDE_FILES = ("", "-wal", "-shm", "-journal")


async def take(process: Process, path: Path, tell: Tell) -> Manifest:
    """Write a backup to `path`, and restore it for a try. The master keys are not in it.

    Raises FileExistsError, OSError; ValueError if the try fails, and nothing stays at `path`.
    """
    with becoming(path) as partly:
        manifest = await write_backup(process.db, process.keys, partly, tell)
        await try_out(process.keys, partly, tell)
    return manifest


async def write_backup(db: Database, keys: KeyRing, path: Path, tell: Tell) -> Manifest:
    """The same without the try."""
    with writing(path, keys) as pack:
        async with db.snapshot() as conn:
            tables = []
            for shape in list_shapes():
                rows = await _write(read_rows(conn, shape.name), pack, shape.name, tell)
                tables.append(Written(shape.name, shape.columns, rows))
        media = _add_media(pack, db.env.data_dir)
        manifest = Manifest(
            FORMAT, version("tandem-courses"), find_head(), db.clock.real_now(), tables, media
        )
        pack.finish(manifest)
    return manifest


async def try_out(keys: KeyRing, path: Path, tell: Tell) -> Manifest:
    """Restore a backup into a database beside it that is thrown away. Raises as `reading` and `fill` do."""
    trial = path.with_name(f"{path.name}.trial")
    try:
        with reading(path, keys) as archive:
            await fill(f"sqlite+aiosqlite:///{trial.absolute()}", archive, tell)
            return archive.manifest
    finally:
        for end in SIDE_FILES:
            trial.with_name(f"{trial.name}{end}").unlink(missing_ok=True)


async def _write(batches: AsyncIterator[Sequence[Values]], pack: Pack, name: str, tell: Tell) -> int:
    count = 0
    with pack.table(name) as lines:
        async for batch in batches:
            lines.writelines(
                json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in batch
            )
            count += len(batch)
            tell(name, len(batch))
    return count


def _add_media(pack: Pack, data_dir: Path) -> int:
    paths = sorted(path for path in (data_dir / KEPT).rglob("*") if path.is_file())
    for path in paths:
        pack.add_media(path, path.relative_to(data_dir).as_posix())
    return len(paths)
