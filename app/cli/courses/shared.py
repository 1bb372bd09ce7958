"""`tandem shared`: what texts of a bot have in common."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

INVALID = "SHARED_INVALID"
shared = typer.Typer(help="Values of a bot's own and buttons that messages share.", no_args_is_help=True)


@shared.command("load")
def load(path: Annotated[Path, typer.Argument(help="YAML: `bot`, `values`, `button_sets`.")]) -> None:
    """Have the values and sets of a file; others stay as they are."""
    in_unit(load_file, path)


@shared.command("list")
def list_shared() -> None:
    """Show them."""
    in_unit(show_shared)


async def load_file(uow: "UnitOfWork", path: Path) -> list[str]:
    """Give a bot the values of a file, and have its button sets; an empty value takes one away."""
    from app.cli.documents import bot_of, read_document
    from core.text.refusal import InputRefused, placed, words
    from services.content.messages.bot_values import drop_value, set_value
    from services.content.messages.button_sets import put_button_sets
    from services.tenancy.bots import get_bot

    document = read_document(path, INVALID, "shared-needed")
    values, sets = document.get("values") or {}, document.get("button_sets") or {}
    if not isinstance(values, dict) or not isinstance(sets, dict):
        raise InputRefused(INVALID, placed(str(path), words("shared-maps")))
    bot = await get_bot(uow, bot_of(document, path, INVALID))
    for name, value in values.items():
        if value in (None, ""):
            await drop_value(uow, bot.id, str(name))
        else:
            await set_value(uow, bot.id, str(name), str(value))
    await put_button_sets(uow, {str(name): rows for name, rows in sets.items()})
    return [f"@{bot.username}: {len(values)} values, {len(sets)} button sets in place"]


async def show_shared(uow: "UnitOfWork") -> list[str]:
    """One line per value and per set."""
    from core.lifecycle import BotKind
    from services.content.messages.bot_values import list_values
    from services.content.messages.button_sets import list_button_sets
    from services.tenancy.bots import get_bot

    lines = []
    for kind in BotKind:
        bot = await get_bot(uow, kind)
        lines += [
            f"@{bot.username}\tbot.{name}\t{value}"
            for name, value in (await list_values(uow, bot.id)).items()
        ]
    for name, rows in (await list_button_sets(uow)).items():
        buttons = ", ".join(next(iter(button.text.values())) for row in rows for button in row)
        lines.append(f"button set\t{name}\t{buttons}")
    return lines or ["nothing is shared; `tandem shared load FILE` brings values and button sets"]
