"""Gifts, each claimed once."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders
from core.db.models.commerce_plans import gifts
from core.db.session import Row, dialect_insert
from core.lifecycle import GiftState
from services.commerce.schemas import Gift


def _gift(row: Any) -> Gift:
    return Gift(
        row.id, row.order_id, row.payment_id, row.token_hash or "", GiftState(row.state), row.claimed_by
    )


async def add_gift(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Keep a gift that was paid; None if the order has one."""
    rows = await conn.execute(
        dialect_insert(conn, gifts)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(gifts.c.id)
    )
    gift_id: int | None = rows.scalar_one_or_none()
    return gift_id


async def keep_hash(conn: AsyncConnection, account_id: int, gift_id: int, token_hash: str) -> None:
    """Keep what its link is known by."""
    await conn.execute(
        update(gifts)
        .where(gifts.c.account_id == account_id, gifts.c.id == gift_id)
        .values(token_hash=token_hash)
    )


async def find_gift(
    conn: AsyncConnection,
    account_id: int,
    *,
    gift_id: int | None = None,
    token_hash: str | None = None,
    order_id: int | None = None,
) -> Gift | None:
    """A gift by its id, its link or its order."""
    statement = select(gifts).where(gifts.c.account_id == account_id)
    if gift_id is not None:
        statement = statement.where(gifts.c.id == gift_id)
    elif token_hash is not None:
        statement = statement.where(gifts.c.token_hash == token_hash)
    else:
        statement = statement.where(gifts.c.order_id == order_id)
    row = (await conn.execute(statement)).one_or_none()
    return _gift(row) if row else None


async def list_unopened(conn: AsyncConnection, account_id: int, contact_id: int) -> list[Gift]:
    """The gifts a person has paid that nobody has opened, the latest first."""
    rows = await conn.execute(
        select(gifts)
        .join(orders, orders.c.id == gifts.c.order_id)
        .where(gifts.c.account_id == account_id, orders.c.contact_id == contact_id)
        .where(gifts.c.state == GiftState.READY)
        .order_by(gifts.c.id.desc())
    )
    return [_gift(row) for row in rows]


async def claim_gift(
    conn: AsyncConnection, account_id: int, gift_id: int, contact_id: int, claimed_at: datetime
) -> bool:
    """Let a person have a gift that nobody has."""
    done = await conn.execute(
        update(gifts)
        .where(gifts.c.account_id == account_id, gifts.c.id == gift_id, gifts.c.state == GiftState.READY)
        .values(state=GiftState.CLAIMED, claimed_by=contact_id, claimed_at=claimed_at)
    )
    return done.rowcount == 1


async def close_gift(conn: AsyncConnection, account_id: int, gift_id: int) -> bool:
    """Let its link be used no more; False if it was used, or closed before."""
    done = await conn.execute(
        update(gifts)
        .where(gifts.c.account_id == account_id, gifts.c.id == gift_id, gifts.c.state == GiftState.READY)
        .values(state=GiftState.CLOSED)
    )
    return done.rowcount == 1
