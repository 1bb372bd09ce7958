"""Payments beside a provider's own list of them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import payments
from core.lifecycle import PaymentStatus
from services.commerce.schemas import Payment
from services.commerce.store.orders import PAYMENT, read_payment


# all accounts: the comparison of a process looks after every account's payments
async def list_providers(conn: AsyncConnection, since: datetime) -> list[tuple[int, str]]:
    """The providers that payments were begun with since then, as (account, provider)."""
    rows = await conn.execute(
        select(payments.c.account_id, payments.c.provider)
        .where(payments.c.made_at >= since)
        .distinct()
        .order_by(payments.c.account_id, payments.c.provider)
    )
    return [(row.account_id, row.provider) for row in rows]


async def list_paid(
    conn: AsyncConnection, account_id: int, provider: str, since: datetime, until: datetime
) -> list[Payment]:
    """The paid payments that were begun with a provider in a period."""
    statement = select(*PAYMENT).where(
        payments.c.account_id == account_id,
        payments.c.provider == provider,
        payments.c.status == PaymentStatus.SUCCEEDED,
        payments.c.made_at >= since,
        payments.c.made_at < until,
    )
    return [read_payment(row) for row in await conn.execute(statement.order_by(payments.c.id))]
