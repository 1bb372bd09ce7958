"""Flows, their drafts and versions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.content import flow_versions, flows
from core.db.session import Row, dialect_insert

VERSION = (flow_versions.c.id, flow_versions.c.flow_id, flow_versions.c.number, flow_versions.c.digest)
LISTED = (
    flow_versions.c.id,
    flow_versions.c.number,
    flow_versions.c.published_at,
    flow_versions.c.authors,
)
# Built once: asked for every step of a run.
BY_ID = select(*VERSION).where(
    flow_versions.c.id == bindparam("version"), flow_versions.c.account_id == bindparam("account")
)


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


async def set_draft_authors(
    conn: AsyncConnection, account_id: int, flow_id: int, authors: Sequence[int] | None
) -> None:
    """Note whose changes are in a flow's draft, or forget it."""
    await conn.execute(
        update(flows)
        .where(flows.c.id == flow_id, flows.c.account_id == account_id)
        .values(draft_authors=authors)
    )


async def load_draft_authors(conn: AsyncConnection, account_id: int, flow_id: int) -> list[int]:
    """Whose changes are in a flow's draft, as far as that was noted; who changed it last is last."""
    wanted = select(flows.c.draft_authors).where(flows.c.id == flow_id, flows.c.account_id == account_id)
    return list(await conn.scalar(wanted) or ())


async def set_authors(
    conn: AsyncConnection, account_id: int, version_id: int, authors: Sequence[int], at: datetime
) -> None:
    """Note whose changes are in a version that was published `at`, unless that stands there."""
    await conn.execute(
        update(flow_versions)
        .where(
            flow_versions.c.id == version_id,
            flow_versions.c.account_id == account_id,
            flow_versions.c.published_at == at,
            flow_versions.c.authors.is_(None),
        )
        .values(authors=authors)
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


async def list_page(conn: AsyncConnection, account_id: int, kind: str | None, part: Slice) -> Sequence[Any]:
    """A part of the flows that have steps: (id, slug, kind, name, draft_at, created_at, number of the newest version)."""
    rows = await conn.execute(part.cut(_with_steps(_overview(account_id), kind)))
    return list(rows)


async def count_flows(conn: AsyncConnection, account_id: int, kind: str | None, most: int) -> int:
    """How many there are, counted up to `most`."""
    wanted = select(flows.c.id).where(flows.c.account_id == account_id)
    counted = select(func.count()).select_from(_with_steps(wanted, kind).limit(most).subquery())
    return int(await conn.scalar(counted) or 0)


async def find_flow(conn: AsyncConnection, account_id: int, flow_id: int) -> Any:
    """The same of one flow that has steps; None if there is none."""
    wanted = _overview(account_id).where(flows.c.id == flow_id)
    return (await conn.execute(_with_steps(wanted, None))).one_or_none()


def _overview(account_id: int) -> Select[Any]:
    newest = select(func.max(flow_versions.c.number)).where(
        flow_versions.c.flow_id == flows.c.id, flow_versions.c.account_id == account_id
    )
    columns = (flows.c.id, flows.c.slug, flows.c.kind, flows.c.name, flows.c.draft_at, flows.c.created_at)
    return select(*columns, newest.scalar_subquery().label("version")).where(flows.c.account_id == account_id)


def _with_steps(wanted: Select[Any], kind: str | None) -> Select[Any]:
    return wanted.where(flows.c.kind == kind if kind else flows.c.kind != "product")


async def list_version_page(
    conn: AsyncConnection, account_id: int, flow_id: int, part: Slice
) -> Sequence[Any]:
    """A part of a flow's versions: (id, number, published_at, authors)."""
    wanted = select(*LISTED).where(
        flow_versions.c.flow_id == flow_id, flow_versions.c.account_id == account_id
    )
    return list(await conn.execute(part.cut(wanted)))


async def list_products(
    conn: AsyncConnection, account_id: int, kind: str
) -> list[tuple[int, str, Mapping[str, str]]]:
    """What has no steps and is of a kind: its number, slug and name, by their numbers."""
    rows = await conn.execute(
        select(flows.c.id, flows.c.slug, flows.c.name)
        .where(flows.c.account_id == account_id, flows.c.kind == kind)
        .order_by(flows.c.id)
    )
    return [(row.id, row.slug, row.name) for row in rows]


async def list_versions(conn: AsyncConnection, account_id: int, flow_id: int) -> Sequence[Any]:
    """The versions of a flow: (id, number, published_at, authors), the newest first."""
    rows = await conn.execute(
        select(*LISTED)
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
    return (await conn.execute(BY_ID, {"account": account_id, "version": version_id})).one_or_none()


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
