"""Roles are given and taken here, by who may, and whose they are hears of it."""

from collections.abc import Collection
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.roles import MemberRole
from core.text.names import show_known
from services.delivery import speech
from services.people import contacts
from services.people.telling import tell_person
from services.tenancy import members
from services.tenancy.permissions import Permission, may
from services.tenancy.sign_in import invitations


@dataclass(frozen=True)
class Member:
    """Somebody with roles, by the name they are known under."""

    telegram_id: int
    name: str
    roles: frozenset[MemberRole]
    contact_id: int | None = None


async def list_team(uow: UnitOfWork) -> list[Member]:
    """Everybody with a role, in the order in which they joined."""
    team = await members.load_team(uow)
    return [await _describe(uow, telegram_id, roles) for telegram_id, roles in team.items()]


async def get_member(uow: UnitOfWork, telegram_id: int) -> Member:
    """Somebody with their roles, which may be none."""
    team = await members.load_team(uow)
    return await _describe(uow, telegram_id, team.get(telegram_id, frozenset()))


async def _describe(uow: UnitOfWork, telegram_id: int, roles: frozenset[MemberRole]) -> Member:
    person = await contacts.find_by_telegram_id(uow, telegram_id)
    if person is not None:
        known = show_known(person.full_name, person.username, telegram_id)
        return Member(telegram_id, known, roles, person.id)
    name = await members.find_name(uow, telegram_id)
    return Member(telegram_id, name or str(telegram_id), roles)


def list_choices(own: Collection[MemberRole]) -> list[MemberRole]:
    """The roles that somebody with these roles may give and take."""
    return [role for role in MemberRole if may(own, _needed_for(role))]


def _needed_for(role: MemberRole) -> Permission:
    return Permission.OWN if role is MemberRole.OWNER else Permission.MEMBERS


async def change_role(
    uow: UnitOfWork, actor_id: int, telegram_id: int, role: MemberRole, *, has: bool, name: str | None = None
) -> bool:
    """Give a role or take it away; False if it is so already. Raises ROLE_NOT_YOURS, LAST_OWNER, OWNER_BY_SETTINGS."""
    if not may(await members.load_roles(uow, actor_id), _needed_for(role)):
        raise DomainError(ErrorKind.FORBIDDEN, "ROLE_NOT_YOURS")
    if has:
        changed = await members.add_member(uow, telegram_id, role, name)
    else:
        changed = await members.remove_member(uow, telegram_id, role)
    if changed and telegram_id != actor_id:
        await _tell(uow, telegram_id, "role-given" if has else "role-taken", role)
    return changed


async def invite(uow: UnitOfWork, actor_id: int, role: MemberRole) -> str:
    """A link that makes one person this; raises ROLE_NOT_YOURS, BOT_NOT_CONNECTED."""
    if not may(await members.load_roles(uow, actor_id), _needed_for(role)):
        raise DomainError(ErrorKind.FORBIDDEN, "ROLE_NOT_YOURS")
    return await invitations.invite(uow, role)


async def set_role(uow: UnitOfWork, actor_id: int, telegram_id: int, role: MemberRole | None) -> bool:
    """Have somebody be this and nothing else, or nothing at all; False if it is so already. Raises as `change_role`."""
    roles = (await get_member(uow, telegram_id)).roles
    changed = False
    if role is not None and role not in roles:
        changed = await change_role(uow, actor_id, telegram_id, role, has=True)
    for other in sorted(roles - {role}):
        changed |= await change_role(uow, actor_id, telegram_id, other, has=False)
    return changed


async def _tell(uow: UnitOfWork, telegram_id: int, text: str, role: MemberRole) -> None:
    words = speech.words(text, role=speech.words(f"role-{role}"))
    await tell_person(
        uow, telegram_id, words, f"role:{telegram_id}:{role}:{text}:{uow.real_now.timestamp():.3f}"
    )
