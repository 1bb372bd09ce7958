"""People of the older platform that are imported from its tables, and what is said about it."""

from collections.abc import Sequence
from pathlib import Path

from app.boot.machine.terminal import find_language
from app.boot.process import Process
from app.cli.base import print_lines
from app.cli.importing.options import ImportOptions
from app.cli.progress import told_progress
from core.text.refusal import Refused
from services.content.importing.report import describe_report
from services.workflows.people_import import importing
from services.workflows.people_import.reader import People, find_tables, read_people
from services.workflows.people_import.writing import ImportedPeople, Plan


async def import_people(process: Process, folder: Path, options: ImportOptions) -> list[str]:
    """Bring everybody to where they were, all or none; raises ValueError when the report has errors."""
    with told_progress("reading", len(find_tables(folder))) as tick:
        people = read_people(folder, _names(options.names), tick)
    with told_progress("people", len(people.persons)) as tick:
        async with process.db.unit(process.account_id) as uow:
            plan, imported = await importing.import_people(uow, people, tick, dry_run=options.dry_run)
    print_lines(describe_report(people.report, find_language()))
    if people.report.errors:
        raise Refused("import-nobody-came", count=people.report.errors)
    return _describe_plan(people, plan) if imported is None else _sum_up(imported)


def _names(words: Sequence[str]) -> dict[str, str]:
    """`SLUG` is for rows that name no course, `OLD=SLUG` renames one."""
    named = [word.rpartition("=") for word in words]
    return {old: slug for old, _, slug in named}


def _describe_plan(people: People, plan: Plan) -> list[str]:
    listed = sum(len(words) for words in people.listed.values())
    would = f"{len(plan.persons)} runs would be imported, {plan.known} people are in their course already"
    return [f"{would}, {listed} participants are listed", "a dry run: nothing was changed"]


def _sum_up(imported: ImportedPeople) -> list[str]:
    told = (
        f"runs: {imported.runs}, lines of history: {imported.records}, timers: {imported.timers}, "
        f"bans: {imported.bans}, participants: {imported.participants}; "
        f"left as they are: {imported.known}"
    )
    return [told] if imported.runs or imported.participants else [told, "nothing changed"]
