"""The members of an account and their roles."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.tenancy import accounts, members
from core.db.session import Row, dialect_insert
from core.roles import MemberRole


async def add_member(conn: AsyncConnection, account_id: int, row: Row) -> bool:
    """Give somebody a role; False if they have it."""
    done = await conn.execute(
        dialect_insert(conn, members).values(account_id=account_id, **row).on_conflict_do_nothing()
    )
    return done.rowcount == 1


async def remove_member(conn: AsyncConnection, account_id: int, telegram_id: int, role: str) -> bool:
    """Take a role away; False if they did not have it."""
    done = await conn.execute(
        delete(members).where(
            members.c.account_id == account_id,
            members.c.telegram_id == telegram_id,
            members.c.role == role,
        )
    )
    return done.rowcount == 1


async def list_members(conn: AsyncConnection, account_id: int, role: str) -> list[int]:
    """Telegram ids of those with a role, in the order they got it."""
    rows = await conn.execute(
        select(members.c.telegram_id)
        .where(members.c.account_id == account_id, members.c.role == role)
        .order_by(members.c.id)
    )
    return list(rows.scalars())


async def load_roles(
    conn: AsyncConnection, account_id: int, telegram_ids: Collection[int]
) -> dict[int, frozenset[MemberRole]]:
    """The roles of these people; who has none is left out."""
    rows = await conn.execute(
        select(members.c.telegram_id, members.c.role)
        .where(members.c.account_id == account_id, members.c.telegram_id.in_(telegram_ids))
        .order_by(members.c.id)
    )
    return _by_person(rows)


async def load_team(conn: AsyncConnection, account_id: int) -> dict[int, frozenset[MemberRole]]:
    """The roles of everybody who has one."""
    rows = await conn.execute(
        select(members.c.telegram_id, members.c.role)
        .where(members.c.account_id == account_id)
        .order_by(members.c.id)
    )
    return _by_person(rows)


def _by_person(rows: Any) -> dict[int, frozenset[MemberRole]]:
    roles: dict[int, frozenset[MemberRole]] = {}
    for row in rows:
        roles[row.telegram_id] = roles.get(row.telegram_id, frozenset()) | {MemberRole(row.role)}
    return roles


# all accounts: the question is where somebody works
async def list_memberships(conn: AsyncConnection, telegram_id: int) -> dict[int, frozenset[MemberRole]]:
    """What somebody is, by account."""
    rows = await conn.execute(
        select(members.c.account_id, members.c.role).where(members.c.telegram_id == telegram_id)
    )
    roles: dict[int, frozenset[MemberRole]] = {}
    for row in rows:
        roles[row.account_id] = roles.get(row.account_id, frozenset()) | {MemberRole(row.role)}
    return roles


async def list_with_roles(conn: AsyncConnection, account_id: int, roles: Collection[MemberRole]) -> list[int]:
    """Telegram ids of those with one of the roles, in the order they got it."""
    rows = await conn.execute(
        select(members.c.telegram_id)
        .where(members.c.account_id == account_id, members.c.role.in_(roles))
        .order_by(members.c.id)
    )
    return list(dict.fromkeys(rows.scalars()))


async def list_owners(conn: AsyncConnection, account_id: int) -> list[int]:
    """Telegram ids of the owners; until this transaction ends nobody else takes one away."""
    await conn.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())
    rows = await conn.execute(
        select(members.c.telegram_id).where(
            members.c.account_id == account_id, members.c.role == MemberRole.OWNER.value
        )
    )
    return list(rows.scalars())


async def find_member_name(conn: AsyncConnection, account_id: int, telegram_id: int) -> str | None:
    """The name under which somebody was added last."""
    name: str | None = await conn.scalar(
        select(members.c.name)
        .where(members.c.account_id == account_id, members.c.telegram_id == telegram_id)
        .where(members.c.name.is_not(None))
        .order_by(members.c.id.desc())
        .limit(1)
    )
    return name
