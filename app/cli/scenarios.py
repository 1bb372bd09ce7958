"""`tandem scenarios`: what the sales bot leads people through."""

from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

scenarios = typer.Typer(help="The scenarios of the sales bot.", no_args_is_help=True)
Slug = Annotated[str, typer.Argument(help="The id that `tandem scenarios list` shows.")]


@scenarios.command("list")
def list_scenarios() -> None:
    """Show them: the default one first, with the people inside and the link."""
    from app.commands import enroll
    from app.funnels import show_scenarios

    plainly(enroll, load_settings(), show_scenarios)


@scenarios.command("default")
def set_default(scenario: Slug) -> None:
    """Let /start begin this one."""
    from app.commands import enroll
    from app.funnels import choose_default

    plainly(enroll, load_settings(), choose_default(scenario))


@scenarios.command("close")
def close(scenario: Slug) -> None:
    """Let nobody begin it any more; people inside finish it."""
    from app.commands import enroll
    from app.funnels import open_or_close

    plainly(enroll, load_settings(), open_or_close(scenario, active=False))


@scenarios.command("open")
def reopen(scenario: Slug) -> None:
    """Let people begin it again."""
    from app.commands import enroll
    from app.funnels import open_or_close

    plainly(enroll, load_settings(), open_or_close(scenario, active=True))


@scenarios.command("delete")
def delete(
    scenario: Slug, yes: Annotated[bool, typer.Option("--yes", help="Although people are inside.")] = False
) -> None:
    """Take it off the bot; who is inside is stopped, history stays."""
    from app.commands import enroll
    from app.funnels import remove

    plainly(enroll, load_settings(), remove(scenario, yes=yes))
