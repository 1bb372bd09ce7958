"""`tandem contacts`: a list of people the author has, brought in."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from services.workflows.contact_import import Listed
    from utils.confined import Limits

INVALID = "CONTACTS_INVALID"
MOST_SHOWN = 20


def contacts(
    path: Annotated[Path, typer.Argument(help="CSV or XLSX: telegram_id or username, tags, values by name.")],
    *,
    bot: Annotated[str, typer.Option(help="Which bot writes to them: sales or course.")] = "sales",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Put the tags and values of a list on whoever has started a bot; the last line is the link for the others."""
    in_process(partial(_bring, path=path, kind=bot, dry_run=dry_run))


async def _bring(process: "Process", path: Path, kind: str, *, dry_run: bool) -> list[str]:
    """The list is read before anything is held up for it."""
    people = read_file(path)
    async with process.db.unit(process.account_id) as uow:
        return await import_list(uow, people, path, kind, dry_run=dry_run)


async def import_list(
    uow: "UnitOfWork", people: "Sequence[Listed]", path: Path, kind: str, *, dry_run: bool
) -> list[str]:
    """Match the list; the last line is the link for those who are not here."""
    from app.cli.documents import bot_of
    from services.tenancy.bots import get_bot
    from services.workflows.contact_import import import_contacts

    chosen = await get_bot(uow, bot_of({"bot": kind}, path, INVALID))
    made = await import_contacts(uow, chosen, people, dry_run=dry_run)
    unreachable = made.cannot_be_written_to
    shown = ", ".join(made.not_here[:MOST_SHOWN]) + (" …" if len(made.not_here) > MOST_SHOWN else "")
    return [
        f"{made.matched} of {len(people)} are known{'; a dry run: nothing was changed' if dry_run else ''}",
        *([f"cannot be written to by @{chosen.username}: {unreachable}"] if unreachable else []),
        *([f"never started a bot: {len(made.not_here)} ({shown})"] if made.not_here else []),
        made.link,
    ]


def read_file(path: Path, limits: "Limits | None" = None) -> "list[Listed]":
    """The people of a file; raises CONTACTS_INVALID, also for one that would be read without end."""
    from core.text.refusal import InputRefused, Refused, placed, words
    from services.content.importing.formats.plain_rows import read_rows
    from services.content.importing.reader import LIMITS
    from services.workflows.contact_import import read_list
    from utils.confined import LimitReachedError, limited

    try:
        with limited(limits or LIMITS):
            return read_list(read_rows(path.read_bytes(), is_workbook=path.suffix.lower() == ".xlsx"))
    except LimitReachedError:
        raise InputRefused(INVALID, placed(str(path), words("refused-costly-file"))) from None
    except Refused as refused:
        raise InputRefused(INVALID, placed(str(path), refused.words)) from None
