"""`tandem contacts`: a list of people the author has, brought in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.workflows.contact_import import Listed

INVALID = "CONTACTS_INVALID"
MOST_SHOWN = 20


def contacts(
    path: Annotated[Path, typer.Argument(help="CSV or XLSX: telegram_id or username, tags, values by name.")],
    *,
    bot: Annotated[str, typer.Option(help="Which bot writes to them: sales or course.")] = "sales",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Put the tags and values of a list on whoever has started a bot; the last line is the link for the others."""
    in_unit(bring_in, path, bot, dry_run=dry_run)


async def bring_in(uow: "UnitOfWork", path: Path, kind: str, *, dry_run: bool) -> list[str]:
    """Match the list; the last line is the link for those who are not here."""
    from app.cli.documents import bot_of
    from services.tenancy.bots import get_bot
    from services.workflows.contact_import import import_contacts

    chosen = await get_bot(uow, bot_of({"bot": kind}, path, INVALID))
    people = read_file(path)
    made = await import_contacts(uow, chosen, people, dry_run=dry_run)
    shown = ", ".join(made.not_here[:MOST_SHOWN]) + (" …" if len(made.not_here) > MOST_SHOWN else "")
    return [
        f"{made.matched} of {len(people)} are known{'; a dry run: nothing was changed' if dry_run else ''}",
        f"{made.cannot_be_written_to} of those cannot be written to by @{chosen.username}",
        *([f"{len(made.not_here)} have never started a bot: {shown}"] if made.not_here else []),
        made.link,
    ]


def read_file(path: Path) -> "list[Listed]":
    """The people of a file; raises CONTACTS_INVALID."""
    from core.text.refusal import InputRefused, Refused, placed
    from services.content.importing.formats.plain_rows import read_rows
    from services.workflows.contact_import import read_list

    try:
        return read_list(read_rows(path.read_bytes(), is_workbook=path.suffix.lower() == ".xlsx"))
    except Refused as refused:
        raise InputRefused(INVALID, placed(str(path), refused.words)) from None
