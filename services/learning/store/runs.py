"""Runs and the steps they took."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.commerce import accesses, tariffs
from core.db.models.content import deployments, flow_versions
from core.db.models.delivery import outbox
from core.db.models.learning import run_steps, runs
from core.db.open_access import is_open
from core.db.session import Row, dialect_insert
from core.flow.history import RecordEvent
from core.flow.run import HoldReason, load_run_state
from core.lifecycle import Stage
from services.learning.schemas import ListedRun, SaidCall, StoredRun

COLUMNS = (
    runs.c.id,
    runs.c.bot_id,
    runs.c.chat_id,
    runs.c.contact_id,
    runs.c.flow_version_id,
    runs.c.access_id,
    runs.c.version,
    runs.c.state,
    runs.c.deployment_id,
    runs.c.cohort_id,
    runs.c.open_all,
    runs.c.external_id,
    runs.c.status,
    runs.c.spoke_at,
)
ACTIVE = ("active", "held")
# Built once: asked for every step of a run.
BY_IDS = select(*COLUMNS).where(
    runs.c.account_id == bindparam("account"), runs.c.id.in_(bindparam("wanted", expanding=True))
)


async def list_page(
    conn: AsyncConnection, account_id: int, wanted: Mapping[str, Any], flow_id: int | None, part: Slice
) -> list[ListedRun]:
    """A part of the runs whose columns have these values, of one flow or of all."""
    rows = (
        select(*COLUMNS, runs.c.started_at, flow_versions.c.flow_id)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id)
        .where(*(runs.c[name] == value for name, value in wanted.items()))
    )
    if flow_id is not None:
        rows = rows.where(flow_versions.c.flow_id == flow_id)
    return [
        ListedRun(read_run(row), row.flow_id, row.started_at) for row in await conn.execute(part.cut(rows))
    ]


def read_run(row: Any) -> StoredRun:
    """A row of COLUMNS as a run."""
    return StoredRun(
        id=row.id,
        bot_id=row.bot_id,
        chat_id=row.chat_id,
        contact_id=row.contact_id,
        flow_version_id=row.flow_version_id,
        access_id=row.access_id,
        spoke_at=row.spoke_at,
        version=row.version,
        value=load_run_state(row.state),
        deployment_id=row.deployment_id,
        cohort_id=row.cohort_id,
        open_all=row.open_all,
        external_id=row.external_id,
        status=row.status,
    )


async def add_run(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Add a run; None if the person has an active one of its kind in this bot."""
    rows = await conn.execute(
        dialect_insert(conn, runs)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(runs.c.id)
    )
    run_id: int | None = rows.scalar_one_or_none()
    return run_id


async def list_runs(conn: AsyncConnection, account_id: int, run_ids: Collection[int]) -> list[StoredRun]:
    """Runs by their ids."""
    rows = await conn.execute(BY_IDS, {"account": account_id, "wanted": list(run_ids)})
    return [read_run(row) for row in rows]


async def list_spoken_after(
    conn: AsyncConnection, account_id: int, moment: datetime, after_id: int, limit: int
) -> list[StoredRun]:
    """Runs that went on last after a moment, from one id on."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(runs.c.account_id == account_id, runs.c.spoke_at > moment, runs.c.id > after_id)
        .order_by(runs.c.id)
        .limit(limit)
    )
    return [read_run(row) for row in rows]


async def list_of_contact(
    conn: AsyncConnection, account_id: int, bot_id: int, contact_id: int, limit: int
) -> list[StoredRun]:
    """A person's runs in a bot: active ones first, then the one that spoke last; parked ones are silent."""
    active_first = case((runs.c.status.in_(ACTIVE), 0), else_=1)
    rows = await conn.execute(
        select(*COLUMNS)
        .where(runs.c.account_id == account_id, runs.c.bot_id == bot_id, runs.c.contact_id == contact_id)
        .where(runs.c.status != HoldReason.PARKED)
        .order_by(active_first, runs.c.spoke_at.desc(), runs.c.id.desc())
        .limit(limit)
    )
    return [read_run(row) for row in rows]


async def find_latest_of_flow(conn: AsyncConnection, account_id: int, flow_id: int) -> StoredRun | None:
    """The run of a flow that began last, whoever's it is."""
    rows = await conn.execute(
        select(*COLUMNS)
        .join(flow_versions, flow_versions.c.id == runs.c.flow_version_id)
        .where(runs.c.account_id == account_id, flow_versions.c.flow_id == flow_id)
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return read_run(row) if row else None


# all accounts: the account is a parameter
@cache  # building a statement costs more than running it
def _saving(names: tuple[str, ...]) -> Update:
    known = (
        runs.c.id == bindparam("run"),
        runs.c.account_id == bindparam("account"),
        runs.c.version == bindparam("before"),
    )
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(runs).where(*known).values(version=runs.c.version + 1, **changed)


async def save_run(conn: AsyncConnection, account_id: int, run_id: int, version: int, values: Row) -> bool:
    """Save a run if nobody has since `version`."""
    changed = {f"new_{name}": value for name, value in values.items()}
    known = {"run": run_id, "account": account_id, "before": version}
    return (await conn.execute(_saving(tuple(values)), {**known, **changed})).rowcount == 1


async def stop_run(conn: AsyncConnection, account_id: int, run_id: int, version: int, values: Row) -> bool:
    """End a run that is not over by itself, if nobody has touched it since `version`."""
    done = await conn.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.account_id == account_id, runs.c.version == version)
        .where(runs.c.status != "completed")
        .values(version=version + 1, status="stopped", **values)
    )
    return done.rowcount == 1


async def set_open_all(conn: AsyncConnection, account_id: int, run_id: int) -> None:
    """Note that no lesson of a run waits for its day."""
    await conn.execute(
        update(runs).where(runs.c.id == run_id, runs.c.account_id == account_id).values(open_all=True)
    )


async def list_with_status(
    conn: AsyncConnection, account_id: int, contact_id: int, statuses: Sequence[str]
) -> list[StoredRun]:
    """A person's runs in any bot that stand so."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(runs.c.account_id == account_id, runs.c.contact_id == contact_id)
        .where(runs.c.status.in_(statuses))
        .order_by(runs.c.id)
    )
    return [read_run(row) for row in rows]


async def load_rights(
    conn: AsyncConnection,
    account_id: int,
    contact_ids: Collection[int],
    flow_version_ids: Collection[int],
    now: datetime,
) -> dict[tuple[int, int], frozenset[str]]:
    """What all active accesses of people to the courses of flows include together, by (person, version).

    Who has none now is left out.
    """
    if not contact_ids:
        return {}
    rows = await conn.execute(
        select(accesses.c.contact_id, flow_versions.c.id, tariffs.c.rights)
        .join(accesses, accesses.c.tariff_id == tariffs.c.id)
        .join(flow_versions, flow_versions.c.flow_id == tariffs.c.flow_id)
        .where(accesses.c.contact_id.in_(contact_ids), accesses.c.account_id == account_id)
        .where(is_open(now), flow_versions.c.id.in_(flow_version_ids))
    )
    found_rights: dict[tuple[int, int], frozenset[str]] = {}
    for contact_id, version_id, rights in rows:
        place = (contact_id, version_id)
        found_rights[place] = found_rights.get(place, frozenset()) | frozenset(rights)
    return found_rights


async def list_sold(conn: AsyncConnection, account_id: int, flow_version_ids: Collection[int]) -> set[int]:
    """Those of these versions that are of courses which a tariff on sale opens."""
    if not flow_version_ids:
        return set()
    rows = await conn.execute(
        select(flow_versions.c.id)
        .join(tariffs, tariffs.c.flow_id == flow_versions.c.flow_id)
        .where(tariffs.c.account_id == account_id, tariffs.c.is_active)
        .where(flow_versions.c.id.in_(flow_version_ids))
    )
    return set(rows.scalars())


async def find_bought(
    conn: AsyncConnection,
    account_id: int,
    contact_id: int,
    bot_id: int,
    now: datetime,
    deployment_id: int | None = None,
) -> Any:
    """What the person has open and bought last that is taught in this bot (or there): (access_id, deployment_id, flow_id)."""
    anywhere = deployments.c.environment == Stage.PROD
    there = anywhere if deployment_id is None else deployments.c.id == deployment_id
    rows = await conn.execute(
        select(
            accesses.c.id.label("access_id"), deployments.c.id.label("deployment_id"), deployments.c.flow_id
        )
        .join(tariffs, tariffs.c.id == accesses.c.tariff_id)
        .join(deployments, deployments.c.flow_id == tariffs.c.flow_id)
        .where(accesses.c.account_id == account_id, accesses.c.contact_id == contact_id)
        .where(is_open(now), deployments.c.bot_id == bot_id, there)
        .order_by(accesses.c.id.desc())
        .limit(1)
    )
    return rows.one_or_none()


async def find_last_said(
    conn: AsyncConnection, account_id: int, bot_id: int, refs: Sequence[str]
) -> SaidCall | None:
    """The last call that visits of a run made."""
    rows = await conn.execute(
        select(outbox.c.method, outbox.c.payload, outbox.c.ref, outbox.c.on_result)
        .where(outbox.c.account_id == account_id, outbox.c.bot_id == bot_id, outbox.c.ref.in_(refs))
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return SaidCall(row.method, row.payload or "{}", row.ref, row.on_result) if row else None


async def find_step_of(conn: AsyncConnection, account_id: int, run_id: int, visit: int) -> str | None:
    """The step a visit of a run was at."""
    step: str | None = await conn.scalar(
        select(run_steps.c.step)
        .where(run_steps.c.account_id == account_id, run_steps.c.run_id == run_id)
        .where(run_steps.c.visit == visit)
        .limit(1)
    )
    return step


async def find_last_visit(
    conn: AsyncConnection, account_id: int, run_id: int, step: str
) -> tuple[int, datetime] | None:
    """The last visit of a run to a step, and when it began."""
    rows = await conn.execute(
        select(run_steps.c.visit, run_steps.c.at)
        .where(run_steps.c.account_id == account_id, run_steps.c.run_id == run_id)
        .where(run_steps.c.step == step, run_steps.c.event == RecordEvent.ENTERED)
        .order_by(run_steps.c.id.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return (row.visit, row.at) if row else None
