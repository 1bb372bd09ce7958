"""The messages table: written here, read by the people's inbox."""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import messages
from core.db.session import Row


# all accounts: each row brings its own
async def add(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add messages in bulk."""
    await conn.execute(insert(messages), rows)
