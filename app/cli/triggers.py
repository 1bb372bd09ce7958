"""`tandem triggers`: what the bots answer or begin by themselves."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

triggers = typer.Typer(help="What the bots answer or begin by themselves.", no_args_is_help=True)


@triggers.command("load")
def load(
    path: Annotated[Path, typer.Argument(help="A YAML file with `bot` and `triggers`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Give a bot the triggers of a file and no others; repeating changes nothing."""
    from app.commands import enroll
    from app.triggering import load_file

    plainly(enroll, load_settings(), load_file(path, dry_run=dry_run))


@triggers.command("list")
def list_triggers() -> None:
    """Show them, in the order in which they are asked."""
    from app.commands import enroll
    from app.triggering import show_triggers

    plainly(enroll, load_settings(), show_triggers)
