"""A person's courses in a bot, and the places of their runs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions, flows
from core.db.models.learning import runs
from core.text.message import by_language
from services.learning.schemas import TakenCourse

ORIGIN = (runs.c.token_id, runs.c.cohort_id, runs.c.external_id, runs.c.utm)


async def list_taken(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int
) -> list[TakenCourse]:
    """A person's newest run of each course deployed on a bot, the course begun last first."""
    rows = await conn.execute(
        select(runs.c.id, runs.c.deployment_id, runs.c.status, flows.c.name)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .join(flows, flows.c.id == flow_versions.c.flow_id)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id, runs.c.contact_id == contact_id)
        .where(runs.c.kind == "course", runs.c.deployment_id.is_not(None))
        .order_by(runs.c.id.desc())
    )
    taken: dict[int, TakenCourse] = {}
    for row in rows:
        name = by_language(row.name)
        taken.setdefault(row.deployment_id, TakenCourse(row.id, row.deployment_id, row.status, name))
    return list(taken.values())


async def set_status(conn: AsyncConnection, account_id: int, run_id: int, version: int, status: str) -> bool:
    """Put a run beside the active one or in its place, if nobody has touched it since `version`."""
    done = await conn.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.account_id == account_id, runs.c.version == version)
        .values(status=status, version=version + 1)
    )
    return done.rowcount == 1


async def load_origin(conn: AsyncConnection, account_id: int, run_id: int) -> Mapping[str, Any]:
    """How the person of a run came: its token, cohort, id elsewhere and UTM marks."""
    rows = await conn.execute(select(*ORIGIN).where(runs.c.id == run_id, runs.c.account_id == account_id))
    row = rows.one_or_none()
    return dict(row._mapping) if row else {}  # noqa: SLF001 - SQLAlchemy's own name
