"""The words of messages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.delivery import messages, outbox
from core.db.models.delivery_words import message_words
from core.db.session import Row, dialect_insert


# all accounts: each row says whose it is
async def list_said(conn: AsyncConnection, after: int, until: int, limit: int) -> Sequence[Any]:
    """The messages between two numbers, the oldest first: (id, account_id, direction, text); `to_many` went to many."""
    rows = await conn.execute(
        select(
            messages.c.id,
            messages.c.account_id,
            messages.c.direction,
            messages.c.text,
            outbox.c.broadcast_id.is_not(None).label("to_many"),
        )
        .outerjoin(outbox, outbox.c.id == messages.c.outbox_id)
        .where(messages.c.id > after, messages.c.id <= until)
        .order_by(messages.c.id)
        .limit(limit)
    )
    return rows.all()


# all accounts: each row brings its own
async def add_words(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add words of messages; those that stand there stay."""
    await conn.execute(dialect_insert(conn, message_words).on_conflict_do_nothing(), rows)


# all accounts: where the words end is the same for all
async def find_ends(conn: AsyncConnection) -> tuple[int, int]:
    """The newest message whose words stand here, and the newest of all; 0 where there is none."""
    row = (
        await conn.execute(
            select(
                select(func.max(message_words.c.message_id)).scalar_subquery(),
                select(func.max(messages.c.id)).scalar_subquery(),
            )
        )
    ).one()
    return row[0] or 0, row[1] or 0
