"""The record of what members did: it is read here, and nothing ever changes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.tenancy import audit_log
from core.db.session import Row


async def list_records(
    conn: AsyncConnection, account_id: int, wanted: Mapping[str, Any], offset: int, limit: int
) -> Sequence[Row]:
    """Rows for whom one of the `wanted` columns fits (all of them without one), the newest first."""
    records = select(audit_log).where(audit_log.c.account_id == account_id)
    if wanted:
        records = records.where(or_(*(audit_log.c[name] == value for name, value in wanted.items())))
    rows = await conn.execute(records.order_by(audit_log.c.id.desc()).offset(offset).limit(limit))
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's own name


async def list_part(
    conn: AsyncConnection, account_id: int, wanted: Mapping[str, Any], part: Slice
) -> Sequence[Row]:
    """A part of the rows for whom all of the `wanted` columns fit."""
    records = select(audit_log).where(audit_log.c.account_id == account_id)
    records = records.where(*(audit_log.c[name] == value for name, value in wanted.items()))
    return [dict(row) for row in (await conn.execute(part.cut(records))).mappings()]
