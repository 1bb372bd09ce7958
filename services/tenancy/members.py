"""The members of an account: who of them takes hand-offs, who answers work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.environment import Environment
from core.lifecycle import MemberRole
from services.tenancy import store


async def add_member(uow: UnitOfWork, telegram_id: int, role: MemberRole) -> bool:
    """Give somebody a role; False if they have it."""
    row = {"telegram_id": telegram_id, "role": role, "added_at": uow.now}
    return await store.add_member(uow.conn, uow.account_id, row)


async def remove_member(uow: UnitOfWork, telegram_id: int, role: MemberRole) -> bool:
    """Take a role away; False if they did not have it."""
    return await store.remove_member(uow.conn, uow.account_id, telegram_id, role)


async def list_members(uow: UnitOfWork, role: MemberRole) -> list[int]:
    """Telegram ids of those with a role, who had it first first."""
    return await store.list_members(uow.conn, uow.account_id, role)


async def list_operators(conn: AsyncConnection, env: Environment, account_id: int) -> list[int]:
    """Who takes hand-offs: the members with that role where the installation says so, else its OPERATOR_IDS."""
    if env.use_panel_agents:
        return await store.list_members(conn, account_id, MemberRole.OPERATOR)
    return list(env.operator_ids)
