"""Plans, and which one an account is on."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, tariffs
from core.db.models.content import flows
from core.db.models.people import contacts
from core.db.models.tenancy_plans import account_plans, plans
from core.db.session import Row
from core.db.upserts import upsert
from core.lifecycle import AccessStatus


async def list_plans(conn: AsyncConnection, account_id: int) -> list[Row]:
    """The plans whose prices an account's tariffs are, with these, in their order."""
    own = and_(tariffs.c.account_id == plans.c.account_id, tariffs.c.code == plans.c.tariff)
    price = tariffs.c.price, tariffs.c.currency, tariffs.c.plan.label("paid")
    rows = select(plans, *price).outerjoin(tariffs, own).where(plans.c.account_id == account_id)
    rows = rows.order_by(plans.c.position, plans.c.id)
    return [dict(row) for row in (await conn.execute(rows)).mappings()]


async def put_plan(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Keep a plan under its code."""
    changed = tuple(name for name in row if name != "code")
    await conn.execute(
        upsert(conn, plans, ("account_id", "code"), changed), {"account_id": account_id, **row}
    )


async def retire_others(conn: AsyncConnection, account_id: int, codes: Collection[str]) -> None:
    """Offer no plan but these."""
    others = update(plans).where(plans.c.account_id == account_id, plans.c.code.not_in(codes))
    await conn.execute(others.values(is_offered=False, is_first=False))


async def is_sold_product(conn: AsyncConnection, account_id: int, code: str) -> bool:
    """Whether a tariff is on sale and opens no course."""
    tariff_id = await conn.scalar(
        select(tariffs.c.id)
        .join(flows, flows.c.id == tariffs.c.flow_id)
        .where(tariffs.c.account_id == account_id, tariffs.c.code == code, tariffs.c.is_active)
        .where(flows.c.kind != "course")
    )
    return tariff_id is not None


async def find_account_plan(conn: AsyncConnection, account_id: int, *, locked: bool = False) -> Row | None:
    """What an account is on; `locked`: it stays so until this transaction ends."""
    mine = select(account_plans).where(account_plans.c.account_id == account_id)
    row = (await conn.execute(mine.with_for_update() if locked else mine)).mappings().one_or_none()
    return dict(row) if row else None


async def put_account_plan(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Have an account be on a plan; what the row does not name stays."""
    statement = upsert(conn, account_plans, ("account_id",), tuple(row))
    await conn.execute(statement, {"account_id": account_id, **row})


async def change_account_plan(conn: AsyncConnection, account_id: int, values: Row) -> None:
    """Change what is kept of what an account is on."""
    mine = update(account_plans).where(account_plans.c.account_id == account_id)
    await conn.execute(mine.values(**values))


async def drop_account_plan(conn: AsyncConnection, account_id: int) -> bool:
    """Have an account be on no plan; False if it is on none."""
    done = await conn.execute(delete(account_plans).where(account_plans.c.account_id == account_id))
    return done.rowcount == 1


# all accounts: one payment counts for one of them
async def pays_elsewhere(conn: AsyncConnection, account_id: int, payer_id: int, code: str) -> bool:
    """Whether somebody pays, or is to pay, for another account by this plan."""
    pays = and_(account_plans.c.payer_id == payer_id, account_plans.c.code == code)
    will = and_(account_plans.c.chosen_by == payer_id, account_plans.c.chosen == code)
    other = select(account_plans.c.id).where(account_plans.c.account_id != account_id, or_(pays, will))
    return await conn.scalar(other.limit(1)) is not None


async def find_access(
    conn: AsyncConnection, account_id: int, telegram_id: int, tariff: str, now: datetime
) -> Row | None:
    """Until when somebody has, or had, a tariff by its code: what ends last. What was given back before its end is none."""
    counts = or_(accesses.c.status == AccessStatus.ACTIVE, accesses.c.ends_at <= now)
    endless_first = case((accesses.c.ends_at.is_(None), 0), else_=1)
    rows = await conn.execute(
        select(accesses.c.ends_at)
        .join(contacts, contacts.c.id == accesses.c.contact_id)
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .where(accesses.c.account_id == account_id, contacts.c.telegram_id == telegram_id)
        .where(tariffs.c.code == tariff, counts)
        .order_by(endless_first, accesses.c.ends_at.desc())
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return dict(row) if row else None
