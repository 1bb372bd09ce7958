"""Telegram's file ids of our media, per bot."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import (
    media,
)
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
