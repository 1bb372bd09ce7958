"""Put a backup into a database, whole or not at all."""

from collections.abc import Mapping

from app.backup.archive import Archive
from app.boot.schema import find_head, knows, upgrade
from core.db.refill import Filling, Tell, refill
from core.db.session import Row


async def fill(
    url: str, archive: Archive, tell: Tell, added: Mapping[str, Row] | None = None, *, replaces: bool = False
) -> None:
    """Make the tables of the backup's own version, fill them, and bring them up to date; `added` comes to them.

    `replaces` drops what is there before. ValueError for a backup of a newer version, or one that lacks rows.
    """
    manifest = archive.manifest
    if not knows(manifest.revision):
        raise ValueError(
            f"the backup is of Tandem {manifest.version}, newer than this one: restore it with that or a newer one"
        )
    tables = [(written.shape, written.rows) for written in manifest.tables]
    await refill(
        url,
        Filling(tables, archive.read_table, added or {}, replaces),
        lambda conn: upgrade(conn, manifest.revision),
        lambda conn: upgrade(conn, find_head()),
        tell,
    )
