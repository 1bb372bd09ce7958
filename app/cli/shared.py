"""`tandem shared`: what texts of a bot have in common."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

shared = typer.Typer(help="Values of a bot's own and buttons that messages share.", no_args_is_help=True)


@shared.command("load")
def load(path: Annotated[Path, typer.Argument(help="YAML: `bot`, `values`, `button_sets`.")]) -> None:
    """Have the values and sets of a file; others stay as they are."""
    from app.commands import enroll
    from app.sharing import load_file

    plainly(enroll, load_settings(), load_file(path))


@shared.command("list")
def list_shared() -> None:
    """Show them."""
    from app.commands import enroll
    from app.sharing import show_shared

    plainly(enroll, load_settings(), show_shared)
