"""What `tandem import` and `tandem export` do with a process, and what they say about it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.boot.process import Process
from app.cli.google_sheets import fetch_sheet
from app.cli.paths import find_path, is_address
from app.install import BOT_OF, PATIENCE, connect_bots
from bots.runtime.render import show_words
from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError
from core.flow.definition import Flow
from core.lifecycle import BotKind
from core.text.catalog import say
from services.content.drafts import save_draft
from services.content.entry.doors import Door, Shut
from services.content.exporting.documents import write_yaml
from services.content.flows import get_flow_id, get_latest_version
from services.content.importing.applying import Imported, Planned, deploy_import, plan_import, publish_import
from services.content.importing.formats.google import export_link
from services.content.importing.reader import Batch, list_files, read_path, read_sent
from services.content.importing.report import Finding, Report
from services.content.messages.bot_values import know_values
from services.learning.review.who_reviews import tell_reviewers
from services.tenancy.bots import FIRST_ACCOUNT, get_bot
from services.workflows.people_import.reader import find_tables


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be done with the courses of a path or of a Google Sheet's link; `slug` names one whose file does not."""

    path: str
    slug: str = ""
    dry_run: bool = False
    deploy: bool = False
    draft: bool = False
    public: bool = False


class RefusedError(ValueError):
    """The import had errors and nothing has changed."""


async def import_path(process: Process, wishes: Wishes) -> None:
    """Carry out `tandem import`; raises RefusedError when the report has errors."""
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        env = await know_values(uow)
    batch = await _read(env, process.settings.google_docs_url, wishes)
    if wishes.deploy and not wishes.dry_run and not batch.report.errors:
        await connect_missing_bots(process)
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        planned = await plan_import(uow, batch)
        _show(batch)
        if wishes.dry_run:
            _print_plan(planned)
            return
        if wishes.draft:
            await _keep_drafts(uow, batch, planned)
            return
        imported = await publish_import(uow, batch, planned)
        links = [await _deploy(uow, one, wishes) for one in imported] if wishes.deploy else []
        reviewed = [await _reviewed(uow, one) for one in imported]
    _print_imported(imported, reviewed)
    if not links and any(one.course.terms for one in imported):
        sys.stdout.write("tokens and rules of the list come into force with --deploy\n")
    for one, link in zip(imported, links, strict=False):
        sys.stdout.write(f"{one.course.flow.slug}:\n{link}\n" if len(links) > 1 else f"{link}\n")


async def look_through(env: Environment, google: str, wishes: Wishes) -> None:
    """Carry out `tandem import --dry-run` where there is no database yet: only the files are looked at."""
    batch = await _read(env, google, wishes)
    _show(batch)
    _print_plan([Planned(one, None) for one in batch.courses])
    sys.stdout.write("there is no database here yet: only the files were looked at\n")


def _show(batch: Batch) -> None:
    """Print the report; raises RefusedError when it has errors."""
    show_report(batch.report)
    show_files(batch)
    if batch.report.errors:
        raise RefusedError(f"nothing was imported: {count(batch.report.errors, 'error')}")


async def _keep_drafts(uow: UnitOfWork, batch: Batch, planned: Sequence[Planned]) -> None:
    for shelf in batch.shelves:
        shelf.keep()
    for one in planned:
        slug = one.course.flow.slug
        if one.changes:
            await save_draft(uow, one.course.flow)
        what = "is kept as a draft, `tandem publish` makes it a version" if one.changes else "nothing changed"
        sys.stdout.write(f"{slug}: {what}\n")


async def write_course(process: Process, slug: str, to: Path | None) -> None:
    """Carry out `tandem export`: the newest version of a flow as our YAML, to a file or the standard output."""
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        version = await get_latest_version(uow, await get_flow_id(uow, slug))
    _write(version.flow, to)


def _write(flow: Flow, to: Path | None) -> None:
    if to is None:
        sys.stdout.write(write_yaml(flow))
    elif to.suffix.lower() == ".xlsx":
        from services.content.exporting.workbooks import write_workbook  # openpyxl takes a while to import

        to.write_bytes(write_workbook(flow))
    else:
        to.write_text(write_yaml(flow), encoding="utf-8")


async def _read(env: Environment, base: str, wishes: Wishes) -> Batch:
    address = export_link(wishes.path, base)
    if address is None:
        find_path(wishes.path)
        if not is_address(wishes.path) and find_tables(Path(wishes.path)):
            raise RefusedError("these are tables of people, not courses: `tandem bring` reads them")
        return read_with_bar(env, Path(wishes.path), wishes.slug)
    return read_sent(env, "sheet.csv", await fetch_sheet(address, base), wishes.slug)


def read_with_bar(env: Environment, path: Path, slug: str) -> Batch:
    """Read the files, with a bar on a terminal when they are many."""
    console = Console(stderr=True)
    total = len(list_files(path, Report()))
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=total)

        def tick(what: str, files: int) -> None:
            bar.update(task, description=what, advance=files)

        return read_path(env, path, slug, tick)


async def connect_missing_bots(process: Process) -> None:
    """Have the bots of the environment, if none were connected yet."""
    try:
        async with process.db.unit(FIRST_ACCOUNT) as uow:
            await get_bot(uow, BotKind.COURSE)
    except DomainError:
        await connect_bots(process.db, process.keys, process.telegram, process.settings, PATIENCE)


async def _deploy(uow: UnitOfWork, imported: Imported, wishes: Wishes) -> str:
    """The start link, or why there is none."""
    bot = await get_bot(uow, BOT_OF[imported.course.flow.kind])
    _, door = await deploy_import(uow, imported, bot.id, public=wishes.public)
    return tell_door(imported.course.flow.slug, door, bot.username)


def tell_door(slug: str, door: Door, username: str) -> str:
    """One line: the link that starts a course, or why it is not open to all and what opens it."""
    if door.shut is None:
        return f"https://t.me/{username}?start={door.payload}"
    why = "a tariff sells it" if door.shut is Shut.SOLD else "its public link was closed"
    return f"{slug} is not open to all: {why}. Who has bought comes in; --public opens it to everybody"


def show_report(report: Report) -> None:
    """Print what was found, by file and line."""
    for one in sorted(report.findings, key=lambda found: (found.file, found.line)):
        sys.stdout.write(f"{describe(one)}\n")
    if report.left_off:
        sys.stdout.write(f"and {count(report.left_off, 'more finding')}\n")


def show_files(batch: Batch) -> None:
    """Print which files of this computer go along and will be sent to people."""
    for name in sorted({str(path) for shelf in batch.shelves for path in shelf.taken.values()}):
        sys.stdout.write(f"takes the file {name}\n")


def describe(finding: Finding) -> str:
    """One line about a finding: where, how bad, what, and what to do."""
    what, _, remedy = say(finding.why, "en", finding.values, escape=False).partition("\n")
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return f"{place}: {finding.severity}: {what}. {remedy}"


def _print_plan(planned: list[Planned]) -> None:
    for one in planned:
        number = one.latest.number if one.latest else 0
        would = f"would become version {number + 1}" if one.changes else f"is version {number}, nothing new"
        sys.stdout.write(f"{one.course.flow.slug}: {_steps(one)}, {would}\n")
    sys.stdout.write("a dry run: nothing was changed\n")


async def _reviewed(uow: UnitOfWork, imported: Imported) -> str:
    words = await tell_reviewers(uow, imported.course.flow.slug)
    return show_words(words, "en") if words else ""


def _print_imported(imported: list[Imported], reviewed: list[str]) -> None:
    for one, who in zip(imported, reviewed, strict=True):
        state = f"published as version {one.version}" if one.changed else f"version {one.version}, unchanged"
        sys.stdout.write(f"{one.course.flow.slug}: {_steps(one)}, {state}\n")
        if who:
            sys.stdout.write(f"{who}\n")
    if not any(one.changed for one in imported):
        sys.stdout.write("nothing changed\n")


def _steps(one: Planned | Imported) -> str:
    return count(len(one.course.flow.steps), "element")


def count(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number} {what}{'' if number == 1 else 's'}"
