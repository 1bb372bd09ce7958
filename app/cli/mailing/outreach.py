"""`tandem outreach` and `tandem results`."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork

MOST_PEOPLE = 1_000_000
MOST_NAME = 64


def outreach(
    path: Annotated[Path, typer.Argument(help="A CSV with Telegram ids or usernames, or one per line.")],
    flow: Annotated[str, typer.Option(help="The outreach that is led, by its slug.")] = "outreach",
    again: Annotated[bool, typer.Option("--again", help="Also whom this list has reached before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who can be reached.")] = False,
) -> None:
    """Turn to the people of a list with a question; `tandem results` says what came of each."""
    if dry_run:
        in_unit(_preview, path, flow)
    in_process(partial(_lead, path=path, flow=flow, again=again))


def results(
    number: Annotated[int | None, typer.Argument(help="The outreach's number; the latest without.")] = None,
) -> None:
    """Print what came of each contact of an outreach, as CSV."""
    in_unit(_show_results, number)


def read_list(path: Path) -> list[str]:
    """The people of a file, each once: a CSV with a column of Telegram ids or usernames, or a line per person.

    Raises ValueError saying what is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8: save it as CSV in UTF-8") from None
    people = list(dict.fromkeys(_names(text)))
    if not people:
        raise ValueError(f"{path} names nobody: put a Telegram id or a @username on each line")
    if len(people) > MOST_PEOPLE or any(len(person) > MOST_NAME for person in people):
        raise ValueError(f"{path} is no list of people")
    return people


def _names(text: str) -> Iterator[str]:
    from services.workflows.contact_import import find_names, read_name

    first = text.partition("\n")[0].lower()
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, row))]
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    named = find_names(head)
    yield from filter(None, (read_name(row, named or [0]) for row in (rows[1:] if named else rows)))


async def _preview(uow: "UnitOfWork", path: Path, flow: str) -> list[str]:
    from services.messaging.outreaches import UNKNOWN
    from services.workflows.outreach import preview_outreach

    people = read_list(path)
    missed = await preview_outreach(uow, flow, people)
    reasons = [
        f"{reached_person}: {'has never started a bot' if why == UNKNOWN else 'cannot be written to by this bot'}"
        for reached_person, why in missed.items()
    ]
    reachable = len(people) - len(missed)
    return [*reasons, f"{reachable} of {len(people)} can be reached; a dry run: nobody was written to"]


async def _lead(process: "Process", path: Path, flow: str, *, again: bool) -> list[str]:
    from app.cli.progress import progress
    from services.messaging.outreaches import list_results
    from services.workflows.outreach import OutreachRequest, lead_outreach

    people = read_list(path)
    request = OutreachRequest(flow, path.name, people, again)
    with progress("people", len(people)) as advance:
        made = await lead_outreach(process.db, process.account_id, request, advance)
    async with process.db.unit(process.account_id) as uow:
        reached = await list_results(uow, made.id)
    missed = [reached_person for reached_person in reached if reached_person.run_id is None]
    lines = [f"outreach {made.id}: {len(reached) - len(missed)} of {len(reached)} people are asked"]
    lines += [f"{reached_person.given}: {reached_person.result}" for reached_person in missed]
    return [*lines, f"results: tandem results {made.id}"]


async def _show_results(uow: "UnitOfWork", number: int | None) -> list[str]:
    from services.insight.csv_files import write_csv
    from services.messaging import outreaches

    outreach = await outreaches.get_outreach(uow, number)
    rows = (
        (
            result.given,
            result.result,
            result.result_at.isoformat(timespec="seconds") if result.result_at else None,
        )
        for result in await outreaches.list_results(uow, outreach.id)
    )
    return write_csv(("contact", "result", "at"), rows).rstrip("\n").split("\n")
