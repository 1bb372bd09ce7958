"""The files that authors have uploaded, and what Telegram calls our media, per bot."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice, narrow
from core.db.models.content import media, media_files
from core.db.session import Row, dialect_insert


# all accounts: a bot belongs to one account
async def load_file_ids(
    conn: AsyncConnection, bot_id: int, digests: Collection[str]
) -> dict[tuple[str, str], str]:
    """What Telegram calls files this bot has sent before, by (reference, digest)."""
    rows = await conn.execute(
        select(media.c.ref, media.c.digest, media.c.file_id).where(
            media.c.bot_id == bot_id, media.c.digest.in_(digests)
        )
    )
    return {(row.ref, row.digest): row.file_id for row in rows}


# all accounts: each row brings its own
async def add_file_ids(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Remember what Telegram calls files."""
    await conn.execute(dialect_insert(conn, media).on_conflict_do_nothing(), rows)


async def put_file(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a file, or give the one of these bytes its new name; gives its number."""
    statement = dialect_insert(conn, media_files).values(account_id=account_id, **row)
    rows = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "ref"],
            set_={"name": statement.excluded.name, "kind": statement.excluded.kind},
        ).returning(media_files.c.id)
    )
    return int(rows.scalar_one())


async def has_ref(conn: AsyncConnection, account_id: int, ref: str) -> bool:
    """Whether a file is among those of the account."""
    mine = select(media_files.c.id).where(media_files.c.account_id == account_id, media_files.c.ref == ref)
    return await conn.scalar(mine) is not None


async def list_file_page(
    conn: AsyncConnection, account_id: int, kind: str | None, part: Slice
) -> Sequence[Any]:
    """A part of the files, of one kind or of all."""
    wanted = narrow(_select(account_id), {media_files.c.kind: kind})
    return list(await conn.execute(part.cut(wanted)))


async def find_file(conn: AsyncConnection, account_id: int, file_id: int) -> Any:
    """A file's row; None if there is none."""
    return (await conn.execute(_select(account_id).where(media_files.c.id == file_id))).one_or_none()


def _select(account_id: int) -> Select[Any]:
    return select(
        media_files.c.id,
        media_files.c.ref,
        media_files.c.name,
        media_files.c.kind,
        media_files.c.size,
        media_files.c.added_at,
    ).where(media_files.c.account_id == account_id)
