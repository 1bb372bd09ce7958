"""`tandem member`: who works in the account, and in which roles."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from core.roles import MemberRole

members = typer.Typer(help="Who works here, and in which roles.", no_args_is_help=True)
TelegramId = Annotated[int, typer.Argument(help="The member's Telegram id.")]
Role = Annotated[
    str,
    typer.Argument(
        help="What they are to be: owner, admin, author, curator, operator, analyst or partner.",
        metavar="ROLE",
    ),
]


@members.command("list")
def list_members() -> None:
    """Show everybody with a role."""
    in_unit(_list_members)


@members.command("add")
def add(telegram_id: TelegramId, role: Role) -> None:
    """Give somebody a role."""
    in_unit(_add, telegram_id, _read_role(role))


@members.command("invite")
def invite(role: Role) -> None:
    """Make a link that makes whoever presses Start by it first a member; good once, for three days; the last line."""
    in_unit(_invite, _read_role(role))


@members.command("remove")
def remove(telegram_id: TelegramId, role: Role) -> None:
    """Take a role away."""
    in_unit(_remove, telegram_id, _read_role(role))


def _read_role(role: str) -> "MemberRole":
    from core.roles import MemberRole

    if role not in set(MemberRole):
        raise typer.BadParameter(f"{role} is no role: say {', '.join(MemberRole)}")
    return MemberRole(role)


async def _list_members(uow: "UnitOfWork") -> list[str]:
    from services.people.team.roles import list_team

    team = await list_team(uow)
    lines = [f"{member.telegram_id}  {member.name}  {', '.join(sorted(member.roles))}" for member in team]
    return lines or ["nobody has a role: set ADMIN_IDS, or give one with `tandem member add`"]


async def _add(uow: "UnitOfWork", telegram_id: int, role: "MemberRole") -> list[str]:
    from services.tenancy.members import add_member

    changed = await add_member(uow, telegram_id, role)
    return [f"{telegram_id} is {role} {'now' if changed else 'already'}"]


async def _invite(uow: "UnitOfWork", role: "MemberRole") -> list[str]:
    from services.tenancy.sign_in.invitations import invite

    return [f"makes one person {role}, within three days:", await invite(uow, role)]


async def _remove(uow: "UnitOfWork", telegram_id: int, role: "MemberRole") -> list[str]:
    from services.tenancy.members import remove_member

    changed = await remove_member(uow, telegram_id, role)
    return [f"{telegram_id} is no {role} {'now' if changed else 'already'}"]
