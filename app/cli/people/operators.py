"""`tandem operators`: who takes hand-offs."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

operators = typer.Typer(help="Who takes hand-offs.", no_args_is_help=True)
TelegramId = Annotated[int, typer.Argument(help="The operator's Telegram id.")]


@operators.command("list")
def list_operators() -> None:
    """Show who takes hand-offs now, and in which bots they can be rung."""
    in_unit(_list_operators)


@operators.command("add")
def add(telegram_id: TelegramId) -> None:
    """Let a member of the account take hand-offs."""
    in_unit(_add, telegram_id)


@operators.command("remove")
def remove(telegram_id: TelegramId) -> None:
    """Let a member take no hand-offs any more."""
    in_unit(_remove, telegram_id)


async def _list_operators(uow: "UnitOfWork") -> list[str]:
    from app.boot.profiles import NOBODY
    from core.roles import MemberRole
    from services.tenancy import members

    found_operators = await members.list_operators(uow.conn, uow.env, uow.account_id)
    listed = await members.list_members(uow, MemberRole.OPERATOR)
    lines = [await _describe(uow, operator) for operator in found_operators]
    if listed and not uow.env.use_panel_agents:
        lines.append(f"{len(listed)} members do not count: USE_PANEL_AGENTS is not set")
    return lines or [NOBODY]


async def _describe(uow: "UnitOfWork", telegram_id: int) -> str:
    from core.lifecycle import BotKind
    from services.people.contacts import find_by_name, list_reachable
    from services.tenancy.bots import get_bot

    person = await find_by_name(uow, str(telegram_id))
    bots = [await get_bot(uow, kind) for kind in BotKind]
    started = [f"@{bot.username}" for bot in bots if await list_reachable(uow, bot.id, [telegram_id])]
    name = person.full_name if person else "?"
    return f"{telegram_id}  {name}  {', '.join(started) or 'has started no bot yet'}"


async def _add(uow: "UnitOfWork", telegram_id: int) -> list[str]:
    from core.roles import MemberRole
    from services.tenancy.members import add_member

    changed = await add_member(uow, telegram_id, MemberRole.OPERATOR)
    lines = [f"{telegram_id} takes hand-offs {'now' if changed else 'already'}"]
    if not uow.env.use_panel_agents:
        lines.append("members count once USE_PANEL_AGENTS=true is set")
    return lines


async def _remove(uow: "UnitOfWork", telegram_id: int) -> list[str]:
    from core.roles import MemberRole
    from services.tenancy.members import remove_member

    changed = await remove_member(uow, telegram_id, MemberRole.OPERATOR)
    return [f"{telegram_id} takes no hand-offs {'now' if changed else 'already'}"]
