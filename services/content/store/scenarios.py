"""The scenarios of a bot: which one is the default, which may begin, how many people are in each."""

from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import deployments, flow_versions, flows
from core.db.models.learning import runs
from core.lifecycle import Stage
from core.text.message import by_language
from services.content.schemas import Scenario

INSIDE = ("active", "held")


async def list_scenarios(conn: AsyncConnection, account_id: int, bot_id: int) -> list[Scenario]:
    """Those that are not deleted: the chosen default first, then in the order of their coming."""
    rows = await conn.execute(
        select(
            deployments.c.id,
            deployments.c.flow_id,
            flows.c.slug,
            flows.c.name,
            deployments.c.is_active,
        )
        .join(flows, flows.c.id == deployments.c.flow_id)
        .where(deployments.c.account_id == account_id, deployments.c.bot_id == bot_id)
        .where(flows.c.kind == "scenario", deployments.c.environment == Stage.PROD)
        .where(deployments.c.deleted_at.is_(None))
        .order_by(case((deployments.c.is_default, 0), else_=1), deployments.c.id)
    )
    return [
        Scenario(
            deployment_id=row[0],
            flow_id=row[1],
            slug=row[2],
            name=by_language(row[3]),
            is_active=row[4],
            is_default=place == 0,
        )
        for place, row in enumerate(rows)
    ]


async def count_inside(conn: AsyncConnection, account_id: int, bot_id: int) -> dict[int, int]:
    """How many people are in each flow on a bot now, by flow; one that has none is left out."""
    rows = await conn.execute(
        select(flow_versions.c.flow_id, func.count())
        .join(runs, runs.c.flow_version_id == flow_versions.c.id)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id, runs.c.status.in_(INSIDE))
        .group_by(flow_versions.c.flow_id)
    )
    return {row[0]: row[1] for row in rows}


async def set_default(conn: AsyncConnection, account_id: int, bot_id: int, deployment_id: int) -> None:
    """Let `/start` of a bot begin this one, and no other."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.bot_id == bot_id)
        .values(is_default=deployments.c.id == deployment_id)
    )


async def set_active(conn: AsyncConnection, account_id: int, deployment_id: int, *, active: bool) -> None:
    """Say whether new people may begin it."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.id == deployment_id)
        .values(is_active=active)
    )


async def mark_deleted(conn: AsyncConnection, account_id: int, deployment_id: int, at: datetime) -> None:
    """Take it off its bot; its history stays."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.id == deployment_id)
        .values(is_active=False, is_default=False, deleted_at=at)
    )


async def mark_present(conn: AsyncConnection, account_id: int, deployment_id: int) -> None:
    """Put one that was deleted back on its bot."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.id == deployment_id)
        .where(deployments.c.deleted_at.is_not(None))
        .values(is_active=True, deleted_at=None)
    )
