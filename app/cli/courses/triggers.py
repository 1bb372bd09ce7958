"""`tandem triggers`: what the bots answer or begin by themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from core.triggers import TriggerSpec

triggers = typer.Typer(help="What the bots answer or begin by themselves.", no_args_is_help=True)


@triggers.command("load")
def load(
    path: Annotated[Path, typer.Argument(help="A YAML file with `bot` and `triggers`.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Give a bot the triggers of a file and no others; repeating changes nothing."""
    in_unit(load_file, path, dry_run=dry_run)


@triggers.command("list")
def list_triggers() -> None:
    """Show them, in the order in which they are asked."""
    in_unit(show_triggers)


async def load_file(uow: "UnitOfWork", path: Path, *, dry_run: bool) -> list[str]:
    """Give the bot a file names its triggers and no others."""
    from app.cli.courses.trigger_files import INVALID, read_specs
    from app.cli.documents import bot_of, read_document
    from services.messaging.triggers import put_triggers
    from services.tenancy.bots import get_bot

    document = read_document(path, INVALID, "triggers-needed")
    bot = await get_bot(uow, bot_of(document, path, INVALID))
    specs = read_specs(document, path)
    if dry_run:
        return [f"{path}: {len(specs)} triggers for @{bot.username}; a dry run: nothing was changed"]
    changed = await put_triggers(uow, bot.id, specs)
    return [f"@{bot.username} has {len(specs)} triggers{'' if changed else ', nothing changed'}"]


async def show_triggers(uow: "UnitOfWork") -> list[str]:
    """One line per trigger: bot, id, what it waits for, what it does, priority."""
    from core.lifecycle import BotKind
    from services.messaging.triggers import load_triggers
    from services.tenancy.bots import get_bot

    lines = []
    for kind in BotKind:
        bot = await get_bot(uow, kind)
        found_triggers = await load_triggers(uow, bot.id)
        lines += [
            f"@{bot.username}\t{_describe(spec)}" for spec in (found_triggers.specs if found_triggers else ())
        ]
    return lines or ["there are no triggers; `tandem triggers load FILE` brings some"]


def _describe(spec: "TriggerSpec") -> str:
    does = " and ".join(
        [*(["answers"] if spec.answer else []), *([f"starts {spec.start}"] if spec.start else [])]
    )
    more = ", once" if spec.once else ""
    waits = ", ".join(spec.patterns) or "any"
    return f"{spec.id}\t{spec.kind}: {waits}\t{does}{more}\t{spec.priority}"
