"""The runs of scenarios: a person's latest in one, and everybody's who is inside."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions
from core.db.models.learning import runs
from services.learning.schemas import StoredRun
from services.learning.store.runs import ACTIVE, COLUMNS, read_run


async def find_latest(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, flow_id: int
) -> StoredRun | None:
    """A person's latest run in a flow on a bot."""
    rows = await conn.execute(
        select(*COLUMNS)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id, runs.c.contact_id == contact_id)
        .where(flow_versions.c.flow_id == flow_id)
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return read_run(row) if row else None


async def list_inside(conn: AsyncConnection, account_id: int, bot_id: int, flow_id: int) -> list[StoredRun]:
    """Who is in a flow on a bot now."""
    rows = await conn.execute(
        select(*COLUMNS)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id, runs.c.status.in_(ACTIVE))
        .where(flow_versions.c.flow_id == flow_id)
    )
    return [read_run(row) for row in rows]
