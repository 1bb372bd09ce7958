"""Enrollment tokens and their uses."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Slice
from core.db.models.content import (
    deployments,
    enrollment_tokens,
    token_uses,
)
from core.db.reassign import reassign
from core.db.session import Row
from core.lifecycle import TokenKind
from services.content.schemas import EnrollmentToken

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
    """Count a person's first use of a token, if it is not used up; False when it is. They may come again and again."""
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


async def list_page(
    conn: AsyncConnection, account_id: int, deployment_id: int | None, part: Slice
) -> list[EnrollmentToken]:
    """A part of them, of one deployment or of all."""
    wanted = _by_hand(account_id)
    if deployment_id is not None:
        wanted = wanted.where(enrollment_tokens.c.deployment_id == deployment_id)
    return [_token(row) for row in await conn.execute(part.cut(wanted))]


async def find_by_hand(conn: AsyncConnection, account_id: int, token_id: int) -> EnrollmentToken | None:
    """One of them."""
    rows = await conn.execute(_by_hand(account_id).where(enrollment_tokens.c.id == token_id))
    row = rows.one_or_none()
    return _token(row) if row else None


def _by_hand(account_id: int) -> Select[Any]:
    return select(*TOKEN).where(
        enrollment_tokens.c.account_id == account_id, enrollment_tokens.c.access_id.is_(None)
    )


async def revoke_token(conn: AsyncConnection, account_id: int, token_id: int, revoked_at: datetime) -> bool:
    """Close a token that belongs to no purchase; False if there is no such one or it is closed."""
    done = await conn.execute(
        update(enrollment_tokens)
        .where(enrollment_tokens.c.id == token_id, enrollment_tokens.c.account_id == account_id)
        .where(enrollment_tokens.c.access_id.is_(None), enrollment_tokens.c.revoked_at.is_(None))
        .values(revoked_at=revoked_at)
    )
    return done.rowcount == 1


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


async def take_over(conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int) -> None:
    """One person's own links become another's; so does that they used one, unless the other did."""
    people = contact_id, heir_id
    await reassign(conn, enrollment_tokens, account_id, people)
    await reassign(conn, token_uses, account_id, people, alone=("token_id",))
