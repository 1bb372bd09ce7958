"""Deployments of flows: where they run and with which settings."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.commerce import tariffs
from core.db.models.content import (
    deployments,
    flows,
)
from core.db.models.tenancy import accounts
from core.db.session import Row, dialect_insert
from core.lifecycle import Stage
from core.text.message import by_language
from services.content.schemas import DeployedCourse, Deployment, ListedDeployment

DEPLOYMENT = (
    deployments.c.id,
    deployments.c.public_id,
    deployments.c.flow_id,
    deployments.c.bot_id,
    deployments.c.environment,
    deployments.c.is_active,
)
# Built once: asked for every step of a run.
LAYERS = (
    select(deployments.c.settings, accounts.c.settings)
    .select_from(accounts)
    .outerjoin(
        deployments,
        and_(deployments.c.account_id == accounts.c.id, deployments.c.id == bindparam("deployment")),
    )
    .where(accounts.c.id == bindparam("account"))
)


async def add_deployment(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Deploy a flow on a bot; a deployment that is there stays."""
    await conn.execute(
        dialect_insert(conn, deployments).values(account_id=account_id, **row).on_conflict_do_nothing()
    )


async def move_deployments(
    conn: AsyncConnection, account_id: int, kind: str, bot_id: int, homes: Collection[int]
) -> None:
    """Move the flows of a kind that are in production outside their `homes` to this bot."""
    of_kind = select(flows.c.id).where(flows.c.account_id == account_id, flows.c.kind == kind)
    here = deployments.alias()
    already = select(here.c.flow_id).where(here.c.account_id == account_id, here.c.bot_id == bot_id)
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.environment == Stage.PROD)
        .where(deployments.c.bot_id.not_in(homes), deployments.c.flow_id.in_(of_kind))
        .where(deployments.c.flow_id.not_in(already))
        .values(bot_id=bot_id)
    )


async def find_deployment(
    conn: AsyncConnection,
    account_id: int,
    *,
    public_id: str | None = None,
    flow_id: int | None = None,
    deployment_id: int | None = None,
    environment: Stage = Stage.PROD,
) -> Deployment | None:
    """A deployment by its public id, its id, or the flow it deploys (in production)."""
    statement = select(*DEPLOYMENT).where(deployments.c.account_id == account_id)
    if public_id is not None:
        statement = statement.where(deployments.c.public_id == public_id)
    if flow_id is not None:
        statement = statement.where(
            deployments.c.flow_id == flow_id, deployments.c.environment == environment
        )
    if deployment_id is not None:
        statement = statement.where(deployments.c.id == deployment_id)
    row = (await conn.execute(statement.order_by(deployments.c.id.desc()).limit(1))).one_or_none()
    return Deployment(*row) if row else None


async def load_settings(conn: AsyncConnection, account_id: int, deployment_id: int) -> dict[str, Any]:
    """What is set for a deployment."""
    settings = await conn.scalar(
        select(deployments.c.settings).where(
            deployments.c.id == deployment_id, deployments.c.account_id == account_id
        )
    )
    return dict(settings or {})


async def load_layers(
    conn: AsyncConnection, account_id: int, deployment_id: int | None
) -> list[dict[str, Any]]:
    """What is set for a deployment (if it is given), then for its account; nothing while that is yet to be made."""
    rows = await conn.execute(LAYERS, {"account": account_id, "deployment": deployment_id})
    return [dict(layer or {}) for layer in rows.one_or_none() or ()]


async def set_settings(conn: AsyncConnection, account_id: int, deployment_id: int, settings: Row) -> None:
    """Replace what is set for a deployment."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id, deployments.c.account_id == account_id)
        .values(settings=dict(settings))
    )


async def list_page(
    conn: AsyncConnection, account_id: int, flow_id: int | None, part: Slice
) -> list[ListedDeployment]:
    """A part of where flows run, of one flow or of all; what was taken off its bot is not among them."""
    wanted = _listed(account_id)
    if flow_id is not None:
        wanted = wanted.where(deployments.c.flow_id == flow_id)
    return [ListedDeployment(**row._mapping) for row in await conn.execute(part.cut(wanted))]  # noqa: SLF001 - SQLAlchemy's own name


async def find_listed(conn: AsyncConnection, account_id: int, deployment_id: int) -> ListedDeployment | None:
    """One of them."""
    rows = await conn.execute(_listed(account_id).where(deployments.c.id == deployment_id))
    row = rows.one_or_none()
    return ListedDeployment(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's own name


def _listed(account_id: int) -> Select[Any]:
    columns = (*DEPLOYMENT, deployments.c.is_default, deployments.c.created_at, flows.c.slug, flows.c.kind)
    return (
        select(*columns)
        .join(flows, flows.c.id == deployments.c.flow_id)
        .where(deployments.c.account_id == account_id, deployments.c.deleted_at.is_(None))
    )


async def is_sold(conn: AsyncConnection, account_id: int, flow_id: int) -> bool:
    """Whether a tariff opens a course, or did while it was on sale: some have paid for it."""
    tariff_id = await conn.scalar(
        select(tariffs.c.id).where(tariffs.c.account_id == account_id, tariffs.c.flow_id == flow_id).limit(1)
    )
    return tariff_id is not None


async def list_on_bots(conn: AsyncConnection, account_id: int) -> list[tuple[int, int]]:
    """Every flow that is on a bot, with the bot."""
    rows = await conn.execute(
        select(deployments.c.flow_id, deployments.c.bot_id)
        .where(deployments.c.account_id == account_id, deployments.c.deleted_at.is_(None))
        .where(deployments.c.is_active)
        .order_by(deployments.c.id)
    )
    return [(row.flow_id, row.bot_id) for row in rows]


async def list_courses(conn: AsyncConnection, account_id: int, bot_id: int) -> list[DeployedCourse]:
    """The courses deployed on a bot, the oldest first."""
    rows = await conn.execute(
        select(*DEPLOYMENT, flows.c.slug, flows.c.name)
        .join(flows, flows.c.id == deployments.c.flow_id)
        .where(deployments.c.account_id == account_id, deployments.c.bot_id == bot_id)
        .where(flows.c.kind == "course")
        .order_by(deployments.c.id)
    )
    return [
        DeployedCourse(
            Deployment(*row[: len(DEPLOYMENT)]),
            row.slug,
            by_language(row.name),
        )
        for row in rows
    ]
