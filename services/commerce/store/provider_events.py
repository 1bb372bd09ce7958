"""Notifications of payment providers, each kept once."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import provider_events
from core.db.session import Row, dialect_insert


async def add_event(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Keep a notification; None if the provider has told the same before."""
    rows = await conn.execute(
        dialect_insert(conn, provider_events)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(provider_events.c.id)
    )
    event_id: int | None = rows.scalar_one_or_none()
    return event_id
