"""`tandem outreach`, `tandem results` and `tandem operators`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

operators = typer.Typer(help="Who takes hand-offs.", no_args_is_help=True)
TelegramId = Annotated[int, typer.Argument(help="The operator's Telegram id.")]


def outreach(
    path: Annotated[Path, typer.Argument(help="A CSV with Telegram ids or usernames, or one per line.")],
    flow: Annotated[str, typer.Option(help="The outreach that is led, by its slug.")] = "outreach",
    again: Annotated[bool, typer.Option("--again", help="Also whom this list has reached before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who can be reached.")] = False,
) -> None:
    """Turn to the people of a list with a question; `tandem results` says what came of each."""
    from app.commands import turn_to
    from app.outreaching import Wanted

    plainly(turn_to, load_settings(), Wanted(path, flow, again, dry_run))


def results(
    number: Annotated[int | None, typer.Argument(help="The outreach's number; the latest without.")] = None,
) -> None:
    """Print what came of each contact of an outreach, as CSV."""
    from app.commands import enroll
    from app.outreaching import show_results

    plainly(enroll, load_settings(), show_results(number))


@operators.command("list")
def list_operators() -> None:
    """Show who takes hand-offs now, and in which bots they can be rung."""
    from app.commands import enroll
    from app.outreaching import list_all_operators

    plainly(enroll, load_settings(), list_all_operators)


@operators.command("add")
def add(telegram_id: TelegramId) -> None:
    """Let a member of the account take hand-offs."""
    from app.commands import enroll
    from app.outreaching import change_operator

    plainly(enroll, load_settings(), change_operator(telegram_id, add=True))


@operators.command("remove")
def remove(telegram_id: TelegramId) -> None:
    """Let her take no hand-offs any more."""
    from app.commands import enroll
    from app.outreaching import change_operator

    plainly(enroll, load_settings(), change_operator(telegram_id, add=False))
