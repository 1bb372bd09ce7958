"""The members of an account and their roles, by Telegram id: whom the environment names owns the first account."""

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Transaction, UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.events import RoleTaken
from core.roles import MemberRole
from services.tenancy.permissions import Permission, list_roles_for, may
from services.tenancy.store import invitations, sessions
from services.tenancy.store import members as store

AHEAD = "roles"  # under which a batch keeps what it has loaded at once


async def prefetch(transaction: Transaction, people: Mapping[int, Collection[int]]) -> None:
    """Load at once the roles of many people (Telegram ids by account); nearly nobody has one."""
    for account_id, telegram_ids in people.items():
        roles = await store.load_roles(transaction.conn, account_id, telegram_ids)
        known = {telegram_id: roles.get(telegram_id, frozenset()) for telegram_id in telegram_ids}
        transaction.keep_ahead((AHEAD, account_id), known)


async def load_roles(uow: UnitOfWork, telegram_id: int) -> frozenset[MemberRole]:
    """What somebody is in the account."""
    known = uow.ahead.get((AHEAD, uow.account_id), {})
    if telegram_id not in known:  # whoever is asked about need not be of the batch
        known = await store.load_roles(uow.conn, uow.account_id, [telegram_id])
    roles: frozenset[MemberRole] = known.get(telegram_id, frozenset())
    return roles | {MemberRole.OWNER} if telegram_id in uow.env.admin_ids else roles


async def add_member(uow: UnitOfWork, telegram_id: int, role: MemberRole, name: str | None = None) -> bool:
    """Give somebody a role, under a `name` if they have not met a bot; False if they have it."""
    uow.ahead.pop((AHEAD, uow.account_id), None)
    row = {"telegram_id": telegram_id, "role": role, "name": name, "added_at": uow.now}
    added = await store.add_member(uow.conn, uow.account_id, row)
    if added:
        await sessions.ask_to_rotate(uow.conn, telegram_id)
    return added


async def remove_member(uow: UnitOfWork, telegram_id: int, role: MemberRole) -> bool:
    """Take a role away; False if they did not have it. Raises OWNER_BY_SETTINGS and LAST_OWNER: somebody must be there to give roles.

    With a role that invites the account's open invitations end: nobody comes back by a link of their own.
    """
    if role is MemberRole.OWNER:
        if telegram_id in uow.env.admin_ids:
            raise DomainError(ErrorKind.CONFLICT, "OWNER_BY_SETTINGS")
        owners = await store.list_owners(uow.conn, uow.account_id)
        if not uow.env.admin_ids and owners == [telegram_id]:
            raise DomainError(ErrorKind.CONFLICT, "LAST_OWNER")
    uow.ahead.pop((AHEAD, uow.account_id), None)
    removed = await store.remove_member(uow.conn, uow.account_id, telegram_id, role)
    if removed:
        await sessions.ask_to_rotate(uow.conn, telegram_id)
        if may([role], Permission.MEMBERS):
            await invitations.drop_open(uow.conn, uow.account_id)
        uow.publish(RoleTaken(telegram_id))
    return removed


async def find_name(uow: UnitOfWork, telegram_id: int) -> str | None:
    """The name under which somebody was added, if they were."""
    return await store.find_member_name(uow.conn, uow.account_id, telegram_id)


async def list_members(uow: UnitOfWork, role: MemberRole) -> list[int]:
    """Telegram ids of those with a role, who had it first first."""
    return await store.list_members(uow.conn, uow.account_id, role)


async def load_team(uow: UnitOfWork) -> dict[int, frozenset[MemberRole]]:
    """Everybody who has a role, in the order in which they joined; whom the environment names first."""
    stored = await store.load_team(uow.conn, uow.account_id)
    team = {owner: frozenset({MemberRole.OWNER}) for owner in uow.env.admin_ids}
    for telegram_id, roles in stored.items():
        team[telegram_id] = team.get(telegram_id, frozenset()) | roles
    return team


async def list_who_may(uow: UnitOfWork, permission: Permission) -> list[int]:
    """Telegram ids of all who may do it; whom the environment names first."""
    return await list_who_may_in(uow.conn, uow.env, uow.account_id, permission)


async def can_anybody(uow: UnitOfWork, permission: Permission) -> bool:
    """Whether there is somebody who may."""
    return bool(uow.env.admin_ids or await list_who_may(uow, permission))


async def list_who_may_in(
    conn: AsyncConnection, env: Environment, account_id: int, permission: Permission
) -> list[int]:
    """The same, for who only looks."""
    allowing = list_roles_for(permission)
    members = await store.list_with_roles(conn, account_id, allowing)
    return list(dict.fromkeys([*env.admin_ids, *members]))


async def list_operators(conn: AsyncConnection, env: Environment, account_id: int) -> list[int]:
    """Who takes hand-offs: the members with that role where the installation says so, else its OPERATOR_IDS."""
    if env.use_panel_agents:
        return await store.list_members(conn, account_id, MemberRole.OPERATOR)
    return list(env.operator_ids)


async def load_staff(
    conn: AsyncConnection, env: Environment, account_id: int
) -> dict[int, frozenset[MemberRole]]:
    """Whose menus have more in them: everybody with a role, and who takes hand-offs."""
    staff = await store.load_team(conn, account_id)
    for operator in await list_operators(conn, env, account_id):
        staff[operator] = staff.get(operator, frozenset()) | {MemberRole.OPERATOR}
    for owner in env.admin_ids:
        staff[owner] = staff.get(owner, frozenset()) | {MemberRole.OWNER}
    return staff
