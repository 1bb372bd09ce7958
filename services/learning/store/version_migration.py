"""Runs that stand in other versions of a flow."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.content import flow_versions
from core.db.models.learning import runs
from core.flow.run import HoldReason
from services.learning.store.runs import ACTIVE

UNFINISHED = (*ACTIVE, HoldReason.PARKED)


async def count_standing(
    conn: AsyncConnection, account_id: int, flow_id: int
) -> Sequence[tuple[int, str | None, int]]:
    """How many unfinished runs of a flow stand where: (version's id, step, runs)."""
    step = runs.c.state["here"]["step"].as_string()
    rows = await conn.execute(
        select(runs.c.flow_version_id, step, func.count())
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, flow_versions.c.flow_id == flow_id)
        .where(runs.c.status.in_(UNFINISHED))
        .group_by(runs.c.flow_version_id, step)
        .order_by(runs.c.flow_version_id, step)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def count_by_version(conn: AsyncConnection, account_id: int, flow_id: int) -> dict[int, int]:
    """How many unfinished runs each version of a flow has."""
    rows = await conn.execute(
        select(runs.c.flow_version_id, func.count())
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, flow_versions.c.flow_id == flow_id)
        .where(runs.c.status.in_(UNFINISHED))
        .group_by(runs.c.flow_version_id)
    )
    return {row[0]: row[1] for row in rows}


async def count_by_flow(conn: AsyncConnection, account_id: int, flow_ids: Collection[int]) -> dict[int, int]:
    """How many unfinished runs each of these flows has."""
    rows = await conn.execute(
        select(flow_versions.c.flow_id, func.count())
        .join(runs, runs.c.flow_version_id == flow_versions.c.id)
        .where(runs.c.account_id == account_id, flow_versions.c.flow_id.in_(flow_ids))
        .where(runs.c.status.in_(UNFINISHED))
        .group_by(flow_versions.c.flow_id)
    )
    return {row[0]: row[1] for row in rows}


def _elsewhere(account_id: int, version_id: int) -> Select[Any]:
    flow_id = select(flow_versions.c.flow_id).where(
        flow_versions.c.id == version_id, flow_versions.c.account_id == account_id
    )
    versions = select(flow_versions.c.id).where(
        flow_versions.c.flow_id == flow_id.scalar_subquery(), flow_versions.c.account_id == account_id
    )
    return select(runs.c.id).where(
        runs.c.account_id == account_id,
        runs.c.flow_version_id.in_(versions),
        runs.c.flow_version_id != version_id,
        runs.c.status.in_(UNFINISHED),
    )


async def list_elsewhere(
    conn: AsyncConnection,
    account_id: int,
    version_id: int,
    limit: int,
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
) -> list[int]:
    """Unfinished runs of the same flow that are pinned to another version than this one.

    `only` those that stand on one of these steps, and none that stands on one of `but`.
    """
    wanted = _elsewhere(account_id, version_id)
    step = func.coalesce(runs.c.state["here"]["step"].as_string(), "")
    if only is not None:
        wanted = wanted.where(step.in_(only))
    if but:
        wanted = wanted.where(step.not_in(but))
    return list(await conn.scalars(wanted.order_by(runs.c.id).limit(limit)))


async def pin(
    conn: AsyncConnection, account_id: int, run_id: int, version: int, flow_version_id: int, state: Any
) -> bool:
    """Pin a run to a version of its flow, if nobody has saved it since `version`."""
    done = await conn.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.account_id == account_id, runs.c.version == version)
        .values(version=version + 1, flow_version_id=flow_version_id, state=state)
    )
    return done.rowcount == 1
