"""What `tandem bring` does with a process: people of the older platform, from its tables, all or none."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.boot.process import Process
from app.cli.paths import find_path
from app.courses import RefusedError, count, show_report
from core.lifecycle import BotKind
from services.tenancy.bots import FIRST_ACCOUNT, get_bot
from services.workflows.people_import.placing import Brought, Plan, place_people, plan_people
from services.workflows.people_import.reader import People, find_tables, read_people


@dataclass(frozen=True, slots=True)
class Luggage:
    """A folder of tables; `courses` are words `SLUG` for rows that name none, or `OLD=SLUG`."""

    folder: Path
    courses: Sequence[str] = ()
    dry_run: bool = False


async def bring_people(process: Process, luggage: Luggage) -> None:
    """Carry out `tandem bring`; raises RefusedError when the report has errors."""
    find_path(str(luggage.folder))
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def tick(what: str, done: int) -> None:
            bar.update(task, description=what, advance=done)

        people = read_people(luggage.folder, _names(luggage.courses), tick)
        async with process.db.unit(FIRST_ACCOUNT) as uow:
            bot = await get_bot(uow, BotKind.COURSE)
            plan = await plan_people(uow, people, bot.id)
            if people.report.errors:
                show_report(people.report)
                raise RefusedError(f"nobody was brought: {count(people.report.errors, 'error')}")
            bar.update(task, total=len(find_tables(luggage.folder)) + len(plan.persons))
            brought = None
            if not luggage.dry_run:
                brought = await place_people(uow, people, plan, bot.id, tick)
    show_report(people.report)
    sys.stdout.write(_tell(people, plan) if brought is None else _sum_up(brought))


def _names(words: Sequence[str]) -> dict[str, str]:
    named = [word.rpartition("=") for word in words]
    return {old: slug for old, _, slug in named}


def _tell(people: People, plan: Plan) -> str:
    listed = sum(len(words) for words in people.listed.values())
    return (
        f"{len(plan.persons)} runs would be brought, {plan.known} people are in their course already, "
        f"{listed} participants are listed\na dry run: nothing was changed\n"
    )


def _sum_up(brought: Brought) -> str:
    told = (
        f"runs: {brought.runs}, lines of history: {brought.records}, timers: {brought.timers}, "
        f"bans: {brought.bans}, participants: {brought.participants}; "
        f"left as they are: {brought.known}\n"
    )
    return told if brought.runs or brought.participants else f"{told}nothing changed\n"
