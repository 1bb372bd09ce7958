"""`tandem tariffs`: what is for sale."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

tariffs = typer.Typer(help="What is for sale.", no_args_is_help=True)


@tariffs.command("load")
def load(path: Annotated[Path, typer.Argument(help="A YAML list of tariffs of imported courses.")]) -> None:
    """Put the tariffs of a file on sale or change them, all or none; repeating changes nothing."""
    from app.commands import sell
    from app.selling import load_file

    plainly(sell, load_settings(), lambda: load_file(path))


@tariffs.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show them, with those that are sold no more."""
    from app.commands import enroll
    from app.selling import list_tariffs

    plainly(enroll, load_settings(), list_tariffs(as_json=as_json))


@tariffs.command("stop")
def stop(code: Annotated[str, typer.Argument(help="The code of the tariff.")]) -> None:
    """Sell one no more; who bought or ordered it keeps it."""
    from app.commands import enroll
    from app.selling import stop as stop_selling

    plainly(enroll, load_settings(), stop_selling(code))
