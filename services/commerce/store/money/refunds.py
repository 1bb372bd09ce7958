"""Money that is to go back, and what became of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce_money import refunds
from core.db.session import Row, dialect_insert
from core.lifecycle import REFUND_UNDER_WAY, RefundStatus
from services.commerce.schemas import Refund

COLUMNS = (
    refunds.c.id,
    refunds.c.payment_id,
    refunds.c.amount,
    refunds.c.status,
    refunds.c.external_id,
    refunds.c.closes,
    refunds.c.by,
    refunds.c.checks,
    refunds.c.made_at,
)


async def add_refund(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Add a refund; None if one of that payment is under way."""
    rows = await conn.execute(
        dialect_insert(conn, refunds)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(refunds.c.id)
    )
    refund_id: int | None = rows.scalar_one_or_none()
    return refund_id


async def find_refund(
    conn: AsyncConnection, account_id: int, *, refund_id: int | None = None, payment_id: int | None = None
) -> Refund | None:
    """A refund by its id, or the one of a payment that is under way."""
    statement = select(*COLUMNS).where(refunds.c.account_id == account_id)
    if refund_id is not None:
        statement = statement.where(refunds.c.id == refund_id)
    else:
        statement = statement.where(
            refunds.c.payment_id == payment_id, refunds.c.status.in_(REFUND_UNDER_WAY)
        )
    row = (await conn.execute(statement)).one_or_none()
    return _refund(row) if row else None


def _refund(row: Any) -> Refund:
    return Refund(**{**row._mapping, "status": RefundStatus(row.status)})  # noqa: SLF001 - SQLAlchemy's own name


async def move_refund(
    conn: AsyncConnection,
    account_id: int,
    refund_id: int,
    to: RefundStatus,
    allowed: Sequence[RefundStatus],
    more: Row,
) -> bool:
    """Move a refund's state if that is allowed from where it is."""
    done = await conn.execute(
        update(refunds)
        .where(refunds.c.id == refund_id, refunds.c.account_id == account_id, refunds.c.status.in_(allowed))
        .values(status=to, **more)
    )
    return done.rowcount == 1


async def count_check(conn: AsyncConnection, account_id: int, refund_id: int) -> None:
    """Count that the provider was asked once more."""
    await conn.execute(
        update(refunds)
        .where(refunds.c.id == refund_id, refunds.c.account_id == account_id)
        .values(checks=refunds.c.checks + 1)
    )
