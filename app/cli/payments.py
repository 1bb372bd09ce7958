"""`tandem payments`: what becomes of money that is under way."""

from typing import TYPE_CHECKING

import typer

from app.cli.base import count, in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

payments = typer.Typer(help="Payments that are under way.", no_args_is_help=True)


@payments.callback()
def _payments() -> None:
    """Payments that are under way."""


@payments.command("check")
def check() -> None:
    """Ask now for all that is open; the running bots ask the providers and act on the answers."""
    in_unit(check_open)


async def check_open(uow: "UnitOfWork") -> list[str]:
    """Have every open payment asked for."""
    from services.commerce.payments.asking import ask_all

    asked = await ask_all(uow)
    return [
        f"{count(asked, 'open payment')}: asked for while `tandem run` runs" if asked else "nothing is open"
    ]
