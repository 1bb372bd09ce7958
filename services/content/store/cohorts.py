"""Cohorts of a deployment."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.content import (
    cohorts,
)
from core.db.session import Row
from core.db.upserts import upsert
from services.content.schemas import Cohort

COHORT = (
    cohorts.c.id,
    cohorts.c.deployment_id,
    cohorts.c.code,
    cohorts.c.starts_at,
    cohorts.c.sections,
)


async def find_cohort(
    conn: AsyncConnection,
    account_id: int,
    deployment_id: int,
    *,
    code: str | None = None,
    cohort_id: int | None = None,
) -> Cohort | None:
    """A cohort of a deployment by its code or its id."""
    statement = select(*COHORT).where(
        cohorts.c.account_id == account_id, cohorts.c.deployment_id == deployment_id
    )
    if code is not None:
        statement = statement.where(cohorts.c.code == code)
    if cohort_id is not None:
        statement = statement.where(cohorts.c.id == cohort_id)
    row = (await conn.execute(statement.order_by(cohorts.c.id).limit(1))).one_or_none()
    return Cohort(*row) if row else None


async def put_cohort(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Add a cohort, or change the times of the one of this code."""
    statement = upsert(conn, cohorts, ("deployment_id", "code"), ("starts_at", "sections"))
    await conn.execute(statement, {"account_id": account_id, **row})


async def list_cohorts(conn: AsyncConnection, account_id: int, deployment_id: int) -> list[Cohort]:
    """The cohorts of a deployment, the first to begin first."""
    rows = await conn.execute(
        select(*COHORT)
        .where(cohorts.c.account_id == account_id, cohorts.c.deployment_id == deployment_id)
        .order_by(cohorts.c.starts_at, cohorts.c.id)
    )
    return [Cohort(*row) for row in rows]


async def list_page(
    conn: AsyncConnection, account_id: int, deployment_id: int | None, part: Slice
) -> list[Cohort]:
    """A part of the cohorts, of one deployment or of all."""
    wanted = select(*COHORT).where(cohorts.c.account_id == account_id)
    if deployment_id is not None:
        wanted = wanted.where(cohorts.c.deployment_id == deployment_id)
    return [Cohort(*row) for row in await conn.execute(part.cut(wanted))]
