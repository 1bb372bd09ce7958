"""The addresses that are told what happens, and what each was told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.tenancy_webhooks import webhook_deliveries, webhooks
from core.db.session import Row


async def list_webhooks(conn: AsyncConnection, account_id: int, *, only: int | None = None) -> Sequence[Row]:
    """An account's addresses, the newest first; `only`: that one."""
    rows = select(webhooks).where(webhooks.c.account_id == account_id).order_by(webhooks.c.id.desc())
    if only is not None:
        rows = rows.where(webhooks.c.id == only)
    return [dict(row) for row in (await conn.execute(rows)).mappings()]


async def add_webhook(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep an address, and give its number."""
    new = webhooks.insert().values(account_id=account_id, **row).returning(webhooks.c.id)
    return int((await conn.execute(new)).scalar_one())


async def change_webhook(conn: AsyncConnection, account_id: int, webhook_id: int, values: Row) -> None:
    """Change what is kept of one."""
    own = (webhooks.c.account_id == account_id) & (webhooks.c.id == webhook_id)
    await conn.execute(update(webhooks).where(own).values(**values))


async def drop_webhook(conn: AsyncConnection, account_id: int, webhook_id: int) -> None:
    """Drop one with all it was told."""
    told = webhook_deliveries.c
    mine = (told.account_id == account_id) & (told.webhook_id == webhook_id)
    await conn.execute(delete(webhook_deliveries).where(mine))
    own = (webhooks.c.account_id == account_id) & (webhooks.c.id == webhook_id)
    await conn.execute(delete(webhooks).where(own))


async def add_delivery(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Keep what an address is to be told, and give its number."""
    new = webhook_deliveries.insert().values(account_id=account_id, **row).returning(webhook_deliveries.c.id)
    return int((await conn.execute(new)).scalar_one())


async def change_delivery(conn: AsyncConnection, account_id: int, delivery_id: int, values: Row) -> None:
    """Change what is kept of one."""
    told = webhook_deliveries.c
    own = (told.account_id == account_id) & (told.id == delivery_id)
    await conn.execute(update(webhook_deliveries).where(own).values(**values))


async def note_try(conn: AsyncConnection, account_id: int, delivery_id: int, values: Row) -> None:
    """One more call was made for it."""
    tried = {**values, "attempts": webhook_deliveries.c.attempts + 1}
    await change_delivery(conn, account_id, delivery_id, tried)


async def begin_round(conn: AsyncConnection, account_id: int, delivery_id: int) -> int:
    """It is to be told again; gives the how manieth time that is."""
    told = webhook_deliveries.c
    again = (
        update(webhook_deliveries)
        .where(told.account_id == account_id, told.id == delivery_id)
        .values(rounds=told.rounds + 1, state="pending")
    )
    return int((await conn.execute(again.returning(told.rounds))).scalar_one())


async def find_delivery(conn: AsyncConnection, account_id: int, delivery_id: int) -> Row | None:
    """One thing an address was told."""
    told = webhook_deliveries.c
    wanted = select(webhook_deliveries).where(told.account_id == account_id, told.id == delivery_id)
    row = (await conn.execute(wanted)).mappings().one_or_none()
    return None if row is None else dict(row)


async def find_call(conn: AsyncConnection, account_id: int, delivery_id: int) -> Row | None:
    """What is to be said, where, and with which secrets."""
    told = webhook_deliveries.c
    call = (
        select(told.body, webhooks.c.url, webhooks.c.secret_sealed, webhooks.c.former_sealed)
        .add_columns(webhooks.c.former_until)
        .join(webhooks, (webhooks.c.id == told.webhook_id) & (webhooks.c.account_id == told.account_id))
        .where(told.account_id == account_id, told.id == delivery_id)
    )
    row = (await conn.execute(call)).mappings().one_or_none()
    return None if row is None else dict(row)


async def list_deliveries(
    conn: AsyncConnection, account_id: int, webhook_id: int, part: Slice
) -> Sequence[Row]:
    """A part of what an address was told."""
    told = webhook_deliveries.c
    rows = select(webhook_deliveries).where(told.account_id == account_id, told.webhook_id == webhook_id)
    return [dict(row) for row in (await conn.execute(part.cut(rows))).mappings()]


# all accounts: what is old is old for all
async def drop_before(conn: AsyncConnection, moment: datetime) -> None:
    """Forget what was told earlier."""
    await conn.execute(delete(webhook_deliveries).where(webhook_deliveries.c.at < moment))
