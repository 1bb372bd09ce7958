"""The SQL of content."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import tariffs
from core.db.models.content import (
    cohorts,
    deployments,
    enrollment_tokens,
    flows,
    link_names,
    media,
    token_uses,
)
from core.db.models.tenancy import accounts
from core.db.session import Row, dialect_insert
from core.db.upserts import upsert
from core.lifecycle import NameKind, TokenKind
from core.text.message import plain
from services.content.schemas import Cohort, DeployedCourse, Deployment, EnrollmentToken

DEPLOYMENT = (
    deployments.c.id,
    deployments.c.public_id,
    deployments.c.flow_id,
    deployments.c.bot_id,
    deployments.c.environment,
    deployments.c.is_active,
)
COHORT = (
    cohorts.c.id,
    cohorts.c.deployment_id,
    cohorts.c.code,
    cohorts.c.starts_at,
    cohorts.c.sections,
)
TOKEN = (
    enrollment_tokens.c.id,
    enrollment_tokens.c.hash,
    enrollment_tokens.c.deployment_id,
    enrollment_tokens.c.kind,
    enrollment_tokens.c.contact_id,
    enrollment_tokens.c.access_id,
    enrollment_tokens.c.max_uses,
    enrollment_tokens.c.uses,
    enrollment_tokens.c.expires_at,
    enrollment_tokens.c.revoked_at,
    enrollment_tokens.c.holder_id,
    enrollment_tokens.c.label,
    enrollment_tokens.c.external_id,
    enrollment_tokens.c.cohort_id,
    enrollment_tokens.c.utm,
    enrollment_tokens.c.sealed,
    enrollment_tokens.c.created_at,
)


async def add_deployment(conn: AsyncConnection, account_id: int, row: Row) -> None:
    """Deploy a flow on a bot; a deployment that is there stays."""
    await conn.execute(
        dialect_insert(conn, deployments).values(account_id=account_id, **row).on_conflict_do_nothing()
    )


async def move_deployments(conn: AsyncConnection, account_id: int, kind: str, bot_id: int) -> None:
    """Move the flows of a kind that are in production elsewhere to this bot."""
    of_kind = select(flows.c.id).where(flows.c.account_id == account_id, flows.c.kind == kind)
    here = deployments.alias()
    already = select(here.c.flow_id).where(here.c.account_id == account_id, here.c.bot_id == bot_id)
    await conn.execute(
        update(deployments)
        .where(deployments.c.account_id == account_id, deployments.c.environment == "prod")
        .where(deployments.c.flow_id.in_(of_kind), deployments.c.flow_id.not_in(already))
        .values(bot_id=bot_id)
    )


async def find_deployment(
    conn: AsyncConnection,
    account_id: int,
    *,
    public_id: str | None = None,
    flow_id: int | None = None,
    deployment_id: int | None = None,
    environment: str = "prod",
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
    found = await conn.scalar(
        select(deployments.c.settings).where(
            deployments.c.id == deployment_id, deployments.c.account_id == account_id
        )
    )
    return dict(found or {})


async def load_layers(
    conn: AsyncConnection, account_id: int, deployment_id: int | None
) -> list[dict[str, Any]]:
    """What is set for a deployment (if it is given), then for its account."""
    own = deployments.c.id == deployment_id
    rows = await conn.execute(
        select(deployments.c.settings, accounts.c.settings)
        .select_from(accounts)
        .outerjoin(deployments, and_(deployments.c.account_id == accounts.c.id, own))
        .where(accounts.c.id == account_id)
    )
    return [dict(layer or {}) for layer in rows.one()]


async def set_settings(conn: AsyncConnection, account_id: int, deployment_id: int, settings: Row) -> None:
    """Replace what is set for a deployment."""
    await conn.execute(
        update(deployments)
        .where(deployments.c.id == deployment_id, deployments.c.account_id == account_id)
        .values(settings=dict(settings))
    )


async def add_token(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a token; gives its id."""
    rows = await conn.execute(
        insert(enrollment_tokens).values(account_id=account_id, **row).returning(enrollment_tokens.c.id)
    )
    return int(rows.scalar_one())


async def set_token_hash(conn: AsyncConnection, account_id: int, token_id: int, token_hash: str) -> None:
    """Complete a token whose text is made from its own id."""
    await conn.execute(
        update(enrollment_tokens)
        .where(enrollment_tokens.c.id == token_id, enrollment_tokens.c.account_id == account_id)
        .values(hash=token_hash)
    )


def _token(row: Any) -> EnrollmentToken:
    return EnrollmentToken(**{**row._mapping, "kind": TokenKind(row.kind)})  # noqa: SLF001 - SQLAlchemy's own name


# all accounts: the keys are the installation's
async def list_foreign_seals(conn: AsyncConnection, names: Collection[str]) -> list[str]:
    """One sealed text of a token that none of these keys has sealed, if there is one."""
    ours = [enrollment_tokens.c.sealed.startswith(f"{name}.", autoescape=True) for name in names]
    statement = select(enrollment_tokens.c.sealed).where(enrollment_tokens.c.sealed.is_not(None), ~or_(*ours))
    return list(await conn.scalars(statement.limit(1)))


async def is_sold(conn: AsyncConnection, account_id: int, flow_id: int) -> bool:
    """Whether a tariff on sale opens a course."""
    found = await conn.scalar(
        select(tariffs.c.id).where(
            tariffs.c.account_id == account_id, tariffs.c.flow_id == flow_id, tariffs.c.is_active
        )
    )
    return found is not None


async def find_token(
    conn: AsyncConnection, account_id: int, *, token_hash: str | None = None, access_id: int | None = None
) -> EnrollmentToken | None:
    """A token by its text's hash, or by the purchase it was issued for."""
    statement = select(*TOKEN).where(enrollment_tokens.c.account_id == account_id)
    if token_hash is not None:
        statement = statement.where(enrollment_tokens.c.hash == token_hash)
    if access_id is not None:
        statement = statement.where(enrollment_tokens.c.access_id == access_id)
    row = (await conn.execute(statement)).one_or_none()
    return _token(row) if row else None


async def set_token_revoked(
    conn: AsyncConnection, account_id: int, access_id: int, revoked_at: datetime | None
) -> None:
    """Close the token of a purchase, or open it again (None)."""
    await conn.execute(
        update(enrollment_tokens)
        .where(enrollment_tokens.c.account_id == account_id, enrollment_tokens.c.access_id == access_id)
        .values(revoked_at=revoked_at)
    )


async def use_token(
    conn: AsyncConnection, account_id: int, token_id: int, contact_id: int, now: datetime
) -> bool:
    """Count a person's first use of a token, if it is not used up; False when it is. She may come again and again."""
    own = (enrollment_tokens.c.id == token_id, enrollment_tokens.c.account_id == account_id)
    # Changes nothing but takes the row: people who come at the same moment are counted one after the other.
    locked = await conn.execute(
        update(enrollment_tokens)
        .where(*own)
        .values(uses=enrollment_tokens.c.uses)
        .returning(enrollment_tokens.c.uses, enrollment_tokens.c.max_uses)
    )
    uses, max_uses = locked.one()
    known = select(token_uses.c.id).where(
        token_uses.c.account_id == account_id,
        token_uses.c.token_id == token_id,
        token_uses.c.contact_id == contact_id,
    )
    if await conn.scalar(known) is not None:
        return True
    if max_uses is not None and uses >= max_uses:
        return False
    row = {"account_id": account_id, "token_id": token_id, "contact_id": contact_id, "used_at": now}
    await conn.execute(insert(token_uses), row)
    await conn.execute(update(enrollment_tokens).where(*own).values(uses=uses + 1))
    return True


async def list_tokens(conn: AsyncConnection, account_id: int, deployment_id: int) -> list[EnrollmentToken]:
    """The tokens of a deployment that were issued by hand or by an import, the newest first."""
    rows = await conn.execute(
        select(*TOKEN)
        .where(enrollment_tokens.c.account_id == account_id)
        .where(enrollment_tokens.c.deployment_id == deployment_id, enrollment_tokens.c.access_id.is_(None))
        .order_by(enrollment_tokens.c.id.desc())
    )
    return [_token(row) for row in rows]


async def revoke_token(conn: AsyncConnection, account_id: int, token_id: int, revoked_at: datetime) -> bool:
    """Close a token that belongs to no purchase; False if there is no such one or it is closed."""
    done = await conn.execute(
        update(enrollment_tokens)
        .where(enrollment_tokens.c.id == token_id, enrollment_tokens.c.account_id == account_id)
        .where(enrollment_tokens.c.access_id.is_(None), enrollment_tokens.c.revoked_at.is_(None))
        .values(revoked_at=revoked_at)
    )
    return done.rowcount == 1


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
            plain(row.name) if isinstance(row.name, str) else row.name,
        )
        for row in rows
    ]


async def list_personal_tokens(
    conn: AsyncConnection, account_id: int, contact_ids: Collection[int]
) -> list[tuple[int, int, str, int, str]]:
    """The newest personal token of each person: (contact, token, deployment's public id, bot, hash)."""
    newest = (
        select(enrollment_tokens.c.contact_id, func.max(enrollment_tokens.c.id).label("id"))
        .where(enrollment_tokens.c.account_id == account_id, enrollment_tokens.c.contact_id.in_(contact_ids))
        .where(enrollment_tokens.c.kind == TokenKind.PERSONAL, enrollment_tokens.c.revoked_at.is_(None))
        .group_by(enrollment_tokens.c.contact_id)
        .subquery()
    )
    rows = await conn.execute(
        select(
            newest.c.contact_id,
            newest.c.id,
            deployments.c.public_id,
            deployments.c.bot_id,
            enrollment_tokens.c.hash,
        )
        .join_from(newest, enrollment_tokens, enrollment_tokens.c.id == newest.c.id)
        .join(deployments, deployments.c.id == enrollment_tokens.c.deployment_id)
        .where(deployments.c.account_id == account_id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


# all accounts: a bot belongs to one account
async def load_file_ids(
    conn: AsyncConnection, bot_id: int, digests: Collection[str]
) -> dict[tuple[str, str], str]:
    """What Telegram calls files this bot has sent before, by (reference, digest)."""
    rows = await conn.execute(
        select(media.c.ref, media.c.digest, media.c.file_id).where(
            media.c.bot_id == bot_id, media.c.digest.in_(digests)
        )
    )
    return {(row.ref, row.digest): row.file_id for row in rows}


# all accounts: each row brings its own
async def add_file_ids(conn: AsyncConnection, rows: Sequence[Row]) -> None:
    """Remember what Telegram calls files."""
    await conn.execute(dialect_insert(conn, media).on_conflict_do_nothing(), rows)


async def add_name(conn: AsyncConnection, account_id: int, name: str, kind: str) -> None:
    """Take a name in start links; one that is taken stays as it is."""
    await conn.execute(
        dialect_insert(conn, link_names)
        .values(account_id=account_id, name=name, kind=kind)
        .on_conflict_do_nothing()
    )


async def find_name(conn: AsyncConnection, account_id: int, name: str) -> NameKind | None:
    """What a name in start links stands for."""
    found = await conn.scalar(
        select(link_names.c.kind).where(link_names.c.account_id == account_id, link_names.c.name == name)
    )
    return NameKind(found) if found else None
