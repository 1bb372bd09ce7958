"""Flows, their drafts and versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions, flows
from core.db.session import Row, dialect_insert

VERSION = (flow_versions.c.id, flow_versions.c.flow_id, flow_versions.c.number, flow_versions.c.digest)


async def put_flow(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a flow or follow its changed name; gives its id."""
    statement = dialect_insert(conn, flows).values(account_id=account_id, **row)
    rows = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "slug"],
            set_={"name": statement.excluded.name, "kind": statement.excluded.kind},
        ).returning(flows.c.id)
    )
    return int(rows.scalar_one())


async def set_draft(
    conn: AsyncConnection, account_id: int, flow_id: int, draft: Row | None, draft_at: datetime | None
) -> None:
    """Keep a flow's draft, or forget it."""
    await conn.execute(
        update(flows)
        .where(flows.c.id == flow_id, flows.c.account_id == account_id)
        .values(draft=draft, draft_at=draft_at)
    )


async def load_draft(conn: AsyncConnection, account_id: int, flow_id: int, *, locked: bool = False) -> Any:
    """A flow's draft, None when there is none; `locked` until the end of the unit."""
    wanted = select(flows.c.draft).where(flows.c.id == flow_id, flows.c.account_id == account_id)
    return await conn.scalar(wanted.with_for_update() if locked else wanted)


async def list_flows(conn: AsyncConnection, account_id: int) -> Sequence[Any]:
    """All flows that have steps: (id, slug, kind, draft_at, number of versions), by their slugs."""
    rows = await conn.execute(
        select(flows.c.id, flows.c.slug, flows.c.kind, flows.c.draft_at, func.count(flow_versions.c.id))
        .outerjoin(flow_versions, flow_versions.c.flow_id == flows.c.id)
        .where(flows.c.account_id == account_id, flows.c.kind != "product")
        .group_by(flows.c.id, flows.c.slug, flows.c.kind, flows.c.draft_at)
        .order_by(flows.c.slug)
    )
    return rows.all()


async def list_products(conn: AsyncConnection, account_id: int, kind: str) -> list[tuple[int, str]]:
    """What has no steps and is of a kind: its number and slug."""
    rows = await conn.execute(
        select(flows.c.id, flows.c.slug).where(flows.c.account_id == account_id, flows.c.kind == kind)
    )
    return [(row.id, row.slug) for row in rows]


async def list_versions(conn: AsyncConnection, account_id: int, flow_id: int) -> Sequence[Any]:
    """The versions of a flow: (id, number, published_at), the newest first."""
    rows = await conn.execute(
        select(flow_versions.c.id, flow_versions.c.number, flow_versions.c.published_at)
        .where(flow_versions.c.flow_id == flow_id, flow_versions.c.account_id == account_id)
        .order_by(flow_versions.c.number.desc())
    )
    return rows.all()


async def find_latest_version(conn: AsyncConnection, account_id: int, flow_id: int) -> Any:
    """The newest version's row of a flow, if it has one, without its document."""
    rows = await conn.execute(
        select(*VERSION)
        .where(flow_versions.c.flow_id == flow_id, flow_versions.c.account_id == account_id)
        .order_by(flow_versions.c.number.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def find_version(conn: AsyncConnection, account_id: int, version_id: int) -> Any:
    """A version's row by its id, without its document."""
    rows = await conn.execute(
        select(*VERSION).where(flow_versions.c.id == version_id, flow_versions.c.account_id == account_id)
    )
    return rows.one_or_none()


async def load_document(conn: AsyncConnection, account_id: int, version_id: int) -> Any:
    """The document of a version there is."""
    return await conn.scalar(
        select(flow_versions.c.document).where(
            flow_versions.c.id == version_id, flow_versions.c.account_id == account_id
        )
    )


async def add_version(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a version; gives its id."""
    rows = await conn.execute(
        insert(flow_versions).values(account_id=account_id, **row).returning(flow_versions.c.id)
    )
    return int(rows.scalar_one())


async def find_flow_id(conn: AsyncConnection, account_id: int, slug: str) -> int | None:
    """A flow's id by its slug."""
    flow_id: int | None = await conn.scalar(
        select(flows.c.id).where(flows.c.slug == slug, flows.c.account_id == account_id)
    )
    return flow_id
