"""Promo codes, who has entered one, and the orders that took one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import orders
from core.db.models.commerce_money import promo_codes, promo_entries, promo_uses
from core.db.session import Row, dialect_insert
from core.lifecycle import OrderStatus, PromoUse
from core.rules.promo import Discount, PromoKind
from services.commerce.schemas import Promo


def _promo(row: Any) -> Promo:
    return Promo(
        id=row.id,
        code=row.code,
        discount=Discount(PromoKind(row.kind), row.value),
        currency=row.currency,
        limit_total=row.limit_total,
        limit_person=row.limit_person,
        taken=row.taken,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        tariffs=tuple(row.tariffs),
        partner_id=row.partner_id,
        is_active=row.is_active,
    )


async def add_promo(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Add a code; False if there is one of that name."""
    insert = dialect_insert(conn, promo_codes).values(account_id=account_id, **row)
    return (await conn.execute(insert.on_conflict_do_nothing())).rowcount == 1


async def find_promo(conn: AsyncConnection, account_id: int, code: str) -> Promo | None:
    """A code, whether it still counts or not."""
    wanted = select(promo_codes).where(promo_codes.c.account_id == account_id, promo_codes.c.code == code)
    row = (await conn.execute(wanted)).one_or_none()
    return _promo(row) if row else None


async def list_promos(conn: AsyncConnection, account_id: int) -> list[Promo]:
    """All codes, the newest first."""
    rows = await conn.execute(
        select(promo_codes).where(promo_codes.c.account_id == account_id).order_by(promo_codes.c.id.desc())
    )
    return [_promo(row) for row in rows]


async def list_by_ids(conn: AsyncConnection, account_id: int, promo_ids: Collection[int]) -> list[Promo]:
    """Codes by their ids, in no order."""
    rows = await conn.execute(
        select(promo_codes).where(promo_codes.c.account_id == account_id, promo_codes.c.id.in_(promo_ids))
    )
    return [_promo(row) for row in rows]


async def count_used(conn: AsyncConnection, account_id: int) -> dict[int, int]:
    """By code, how many orders were paid with it."""
    rows = await conn.execute(
        select(promo_uses.c.promo_id, func.count())
        .where(promo_uses.c.account_id == account_id, promo_uses.c.state == PromoUse.USED)
        .group_by(promo_uses.c.promo_id)
    )
    return {row[0]: row[1] for row in rows}


async def stop_promo(conn: AsyncConnection, account_id: int, promo_id: int) -> bool:
    """Let a code count no more; False if it did not."""
    done = await conn.execute(
        update(promo_codes)
        .where(promo_codes.c.account_id == account_id, promo_codes.c.id == promo_id, promo_codes.c.is_active)
        .values(is_active=False)
    )
    return done.rowcount == 1


async def enter(
    conn: AsyncConnection, account_id: int, contact_id: int, promo_id: int, now: datetime
) -> None:
    """Keep the code a person has entered, instead of the one before."""
    insert = dialect_insert(conn, promo_entries).values(
        account_id=account_id, contact_id=contact_id, promo_id=promo_id, at=now
    )
    changed = {"promo_id": insert.excluded.promo_id, "at": insert.excluded.at}
    own = promo_entries.c.account_id == account_id
    await conn.execute(insert.on_conflict_do_update(index_elements=["contact_id"], set_=changed, where=own))


async def find_entered(conn: AsyncConnection, account_id: int, contact_id: int) -> Promo | None:
    """The code a person has entered last."""
    rows = await conn.execute(
        select(promo_codes)
        .join(promo_entries, promo_entries.c.promo_id == promo_codes.c.id)
        .where(promo_entries.c.account_id == account_id, promo_entries.c.contact_id == contact_id)
    )
    row = rows.one_or_none()
    return _promo(row) if row else None


async def list_numbers(
    conn: AsyncConnection, account_id: int, promo_id: int, contact_id: int, flow_id: int | None
) -> Sequence[int]:
    """A person's uses of a code that count, but for that of an open order of this course, which a new one replaces."""
    replaced = and_(orders.c.status == OrderStatus.OPEN, orders.c.flow_id == flow_id)
    rows = await conn.execute(
        select(promo_uses.c.number)
        .join(orders, orders.c.id == promo_uses.c.order_id)
        .where(promo_uses.c.account_id == account_id, promo_uses.c.promo_id == promo_id)
        .where(promo_uses.c.contact_id == contact_id, promo_uses.c.state != PromoUse.RETURNED)
        .where(~replaced)
    )
    return list(rows.scalars())


async def holds_open(
    conn: AsyncConnection, account_id: int, promo_id: int, contact_id: int, flow_id: int
) -> bool:
    """Whether a person's open order of a course has taken the code."""
    use_id = await conn.scalar(
        select(promo_uses.c.id)
        .join(orders, orders.c.id == promo_uses.c.order_id)
        .where(promo_uses.c.account_id == account_id, promo_uses.c.promo_id == promo_id)
        .where(promo_uses.c.contact_id == contact_id, promo_uses.c.state == PromoUse.TAKEN)
        .where(orders.c.status == OrderStatus.OPEN, orders.c.flow_id == flow_id)
        .limit(1)
    )
    return use_id is not None


async def count_taken(
    conn: AsyncConnection, account_id: int, promo_id: int, by: int, *, within_limit: bool
) -> bool:
    """Count one use more or less; `within_limit`: not beyond the code's own limit."""
    statement = update(promo_codes).where(
        promo_codes.c.account_id == account_id, promo_codes.c.id == promo_id
    )
    if within_limit:
        free = or_(promo_codes.c.limit_total.is_(None), promo_codes.c.taken < promo_codes.c.limit_total)
        statement = statement.where(free, promo_codes.c.is_active)
    done = await conn.execute(statement.values(taken=promo_codes.c.taken + by))
    return done.rowcount == 1


async def add_use(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Keep that an order took a code; False if the person's use of that number was taken by another one."""
    insert = dialect_insert(conn, promo_uses).values(account_id=account_id, **row)
    return (await conn.execute(insert.on_conflict_do_nothing())).rowcount == 1


async def move_use(
    conn: AsyncConnection, account_id: int, order_id: int, to: PromoUse, allowed: Sequence[PromoUse]
) -> int | None:
    """Move the use of an order if that is allowed from where it is; gives the code's id."""
    other = promo_uses.alias()
    last = (
        select(func.max(other.c.number))
        .where(other.c.account_id == account_id)
        .where(other.c.promo_id == promo_uses.c.promo_id, other.c.contact_id == promo_uses.c.contact_id)
        .scalar_subquery()
    )
    again = {"number": last + 1} if PromoUse.RETURNED in allowed else {}
    rows = await conn.execute(
        update(promo_uses)
        .where(promo_uses.c.account_id == account_id, promo_uses.c.order_id == order_id)
        .where(promo_uses.c.state.in_(allowed))
        .values(state=to, **again)
        .returning(promo_uses.c.promo_id)
    )
    promo_id: int | None = rows.scalar_one_or_none()
    return promo_id


async def find_code(conn: AsyncConnection, account_id: int, order_id: int) -> str | None:
    """The code an order has taken."""
    code: str | None = await conn.scalar(
        select(promo_codes.c.code)
        .join(promo_uses, promo_uses.c.promo_id == promo_codes.c.id)
        .where(promo_uses.c.account_id == account_id, promo_uses.c.order_id == order_id)
    )
    return code
