"""`tandem scenarios`: what the sales bot leads people through."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

scenarios = typer.Typer(help="The scenarios of the sales bot.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The id that `tandem scenarios list` shows.")]


@scenarios.command("list")
def list_scenarios() -> None:
    """Show them: the default one first, with the people inside and the link."""
    in_unit(_list_scenarios)


@scenarios.command("default")
def set_default(scenario: Slug) -> None:
    """Let /start begin this one."""
    in_unit(_set_default, scenario)


@scenarios.command("close")
def close(scenario: Slug) -> None:
    """Let nobody begin it any more; people inside finish it."""
    in_unit(_set_active, scenario, active=False)


@scenarios.command("open")
def reopen(scenario: Slug) -> None:
    """Let people begin it again."""
    in_unit(_set_active, scenario, active=True)


@scenarios.command("delete")
def delete(
    scenario: Slug, yes: Annotated[bool, typer.Option("--yes", help="Although people are inside.")] = False
) -> None:
    """Take it off the bot; who is inside is stopped, history stays."""
    in_unit(_delete, scenario, yes=yes)


async def _list_scenarios(uow: "UnitOfWork") -> list[str]:
    """One line per scenario: id, state, people inside, name, link."""
    from core.lifecycle import BotKind
    from core.links import bot_link
    from core.text.message import localize
    from services.content import scenarios
    from services.tenancy.bots import get_bot

    bot = await get_bot(uow, BotKind.SALES)
    inside, lines = await scenarios.count_inside(uow, bot.id), []
    for scenario in await scenarios.list_scenarios(uow, bot.id):
        state = "default" if scenario.is_default else "open" if scenario.is_active else "closed"
        name = localize(scenario.name, uow.env.default_language)
        people = str(inside.get(scenario.flow_id, 0))
        lines.append("\t".join([scenario.slug, state, people, name, bot_link(bot.username, scenario.slug)]))
    return lines or ["there are no scenarios; `tandem import FILE --deploy` brings one"]


async def _set_default(uow: "UnitOfWork", slug: str) -> list[str]:
    from core.lifecycle import BotKind
    from services.content import scenarios
    from services.tenancy.bots import get_bot

    bot = await get_bot(uow, BotKind.SALES)
    return [f"/start begins {(await scenarios.set_default(uow, bot.id, slug)).slug}"]


async def _set_active(uow: "UnitOfWork", slug: str, *, active: bool) -> list[str]:
    from core.lifecycle import BotKind
    from services.content import scenarios
    from services.tenancy.bots import get_bot

    bot = await get_bot(uow, BotKind.SALES)
    chosen = await scenarios.set_active(uow, bot.id, slug, active=active)
    return [f"{chosen.slug} is {'open' if active else 'closed'} to newcomers"]


async def _delete(uow: "UnitOfWork", slug: str, *, yes: bool) -> list[str]:
    """With people inside only if that was said."""
    from core.errors import DomainError, ErrorKind
    from core.lifecycle import BotKind
    from services.content import scenarios
    from services.learning.enrollment.scenarios import delete_scenario
    from services.tenancy.bots import get_bot

    bot = await get_bot(uow, BotKind.SALES)
    chosen = await scenarios.get_scenario(uow, bot.id, slug)
    people = (await scenarios.count_inside(uow, bot.id)).get(chosen.flow_id, 0)
    if people and not yes and not chosen.is_default:
        detail = f"{people} inside {slug} would be stopped; say --yes to delete it"
        raise DomainError(ErrorKind.CONFLICT, "INVALID_SCENARIO_STATE", detail)
    await delete_scenario(uow, bot.id, slug)
    return [f"{slug} is deleted"]
