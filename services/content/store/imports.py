"""What imports made of flows, and what was there before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import deployments, flows, imports
from core.db.session import Row
from services.content.schemas import Import

_COLUMNS = (
    imports.c.id,
    imports.c.flow_id,
    flows.c.slug,
    imports.c.file,
    imports.c.made_at,
    imports.c.former_version_id,
    imports.c.version_id,
    imports.c.undone_at,
)


async def add_import(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Note an import; gives its number."""
    rows = await conn.execute(insert(imports).values(account_id=account_id, **row).returning(imports.c.id))
    return int(rows.scalar_one())


async def find_import(conn: AsyncConnection, account_id: int, import_id: int) -> Import | None:
    """An import by its number."""
    rows = await conn.execute(
        select(*_COLUMNS)
        .join(flows, flows.c.id == imports.c.flow_id)
        .where(imports.c.account_id == account_id, imports.c.id == import_id)
    )
    row = rows.one_or_none()
    return None if row is None else Import(*row)


async def list_imports(conn: AsyncConnection, account_id: int, most: int) -> Sequence[Import]:
    """The latest imports, the newest first."""
    rows = await conn.execute(
        select(*_COLUMNS)
        .join(flows, flows.c.id == imports.c.flow_id)
        .where(imports.c.account_id == account_id)
        .order_by(imports.c.id.desc())
        .limit(most)
    )
    return [Import(*row) for row in rows]


async def find_latest_import(conn: AsyncConnection, account_id: int, flow_id: int) -> int | None:
    """The number of the newest import of a flow that is not undone."""
    number: int | None = await conn.scalar(
        select(imports.c.id)
        .where(
            imports.c.account_id == account_id, imports.c.flow_id == flow_id, imports.c.undone_at.is_(None)
        )
        .order_by(imports.c.id.desc())
        .limit(1)
    )
    return number


async def load_former_draft(conn: AsyncConnection, account_id: int, import_id: int) -> Any:
    """The draft an import took the place of; None for none."""
    return await conn.scalar(
        select(imports.c.former_draft).where(imports.c.account_id == account_id, imports.c.id == import_id)
    )


async def set_version(conn: AsyncConnection, account_id: int, import_id: int, version_id: int) -> None:
    """Note what an import was published as."""
    await conn.execute(
        update(imports)
        .where(imports.c.account_id == account_id, imports.c.id == import_id)
        .values(version_id=version_id)
    )


async def mark_undone(conn: AsyncConnection, account_id: int, import_id: int, at: datetime) -> bool:
    """Note that an import is undone; False if it was before."""
    done = await conn.execute(
        update(imports)
        .where(imports.c.account_id == account_id, imports.c.id == import_id, imports.c.undone_at.is_(None))
        .values(undone_at=at)
    )
    return done.rowcount > 0


async def close_deployments(conn: AsyncConnection, account_id: int, flow_id: int, at: datetime) -> None:
    """Take a flow off its bots: nobody gets in until it is put there again."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.flow_id == flow_id)
        .values(is_active=False, is_default=False, deleted_at=at)
    )
