"""Courses and scenarios that are imported: read with a bar, published all or none, and what is said about it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.boot import database
from app.boot.bots import connect_missing_bots
from app.boot.machine.terminal import find_language, say_here
from app.boot.process import Process
from app.boot.settings import Settings
from app.cli.base import count, print_lines
from app.cli.courses.deployments import describe_door
from app.cli.importing.google import fetch_export
from app.cli.importing.options import ImportOptions
from app.cli.progress import told_progress
from bots.runtime.sending.saying import show_words
from core.environment import Environment
from core.text.refusal import Refused, words
from services.content.importing.applying import Imported, Planned, plan_import
from services.content.importing.formats.google import find_export
from services.content.importing.reader import Batch, Source, list_files, read_all
from services.content.importing.report import Report, describe_report
from services.content.messages.bot_values import know_values
from services.workflows.course_import import importing as course_import
from services.workflows.course_import.importing import CourseImport
from utils.sealed import KeyRing, new_master_key


async def import_courses(process: Process, places: Sequence[str], options: ImportOptions) -> list[str]:
    """Publish courses, or keep them as drafts; raises ValueError when the report has errors."""
    async with process.db.unit(process.account_id) as uow:
        env = await know_values(uow)
    batch = await _read(env, process.settings.google_docs_url, places, options)
    if options.deploy and not options.dry_run and not batch.report.errors:
        await connect_missing_bots(process)
    async with process.db.unit(process.account_id) as uow:
        planned = await plan_import(uow, batch)
        _show(batch)
        if options.dry_run:
            return list(_describe_plan(planned))
        if options.draft:
            await course_import.keep_drafts(uow, batch, planned)
            return list(_describe_drafts(planned))
        made = await course_import.import_courses(
            uow, batch, planned, deploy=options.deploy, public=options.public
        )
    return [*_describe_imported(made), *_describe_links(made)]


async def look_through(settings: Settings, places: Sequence[str], options: ImportOptions) -> list[str]:
    """A dry run where there is no database yet: only the files are looked at."""
    env = database.build_environment(settings, KeyRing.parse(new_master_key()))
    batch = await _read(env, settings.google_docs_url, places, options)
    _show(batch)
    plan = _describe_plan([Planned(course, None) for course in batch.courses])
    return [*plan, "there is no database here yet: only the files were looked at"]


async def _read(env: Environment, base: str, places: Sequence[str], options: ImportOptions) -> Batch:
    sources = [await _open(place, base) for place in places]
    files = [source for source in sources if isinstance(source, Path)]
    with told_progress("reading", sum(len(list_files(file, Report())) for file in files)) as tick:
        return read_all(env, sources, next(iter(options.names), ""), tick)


async def _open(place: str, base: str) -> Path | Source:
    export = find_export(place, base)
    return Path(place) if export is None else Source(export.name, await fetch_export(export.address, base))


def _show(batch: Batch) -> None:
    """Print the report, and which files of this computer will be sent to people; raises ValueError for errors."""
    print_lines(describe_report(batch.report, find_language()))
    print_lines(list_taken(batch))
    if batch.report.errors:
        raise Refused("import-nothing-came", count=batch.report.errors)


def list_taken(batch: Batch) -> list[str]:
    """The files of this computer that go along."""
    names = {str(path) for shelf in batch.shelves for path in shelf.taken.values()}
    return [say_here(words("import-takes-file", name=name)) for name in sorted(names)]


def _describe_plan(planned: Sequence[Planned]) -> Iterator[str]:
    for planned_course in planned:
        number = planned_course.latest.number if planned_course.latest else 0
        would = (
            f"would become version {number + 1}"
            if planned_course.changes
            else f"is version {number}, nothing new"
        )
        yield f"{planned_course.course.flow.slug}: {_steps(planned_course)}, {would}"
    yield "a dry run: nothing was changed"


def _describe_drafts(planned: Sequence[Planned]) -> Iterator[str]:
    for planned_course in planned:
        what = (
            "is kept as a draft, `tandem publish` makes it a version"
            if planned_course.changes
            else "nothing changed"
        )
        yield f"{planned_course.course.flow.slug}: {what}"


def _describe_imported(made: Sequence[CourseImport]) -> Iterator[str]:
    for made_course in made:
        imported = made_course.imported
        state = f"published as version {imported.version}"
        if not imported.changed:
            state = f"version {imported.version}, unchanged"
        yield f"{imported.course.flow.slug}: {_steps(imported)}, {state}"
        if made_course.reviewers:
            yield show_words(made_course.reviewers, find_language())
    if not any(made_course.imported.changed for made_course in made):
        yield "nothing changed"


def _describe_links(made: Sequence[CourseImport]) -> Iterator[str]:
    """The link of a course stands alone on the last line."""
    if any(made_course.imported.course.terms and not made_course.deployed for made_course in made):
        yield "tokens and rules of the list come into force with --deploy"
    for made_course in made:
        slug = made_course.imported.course.flow.slug
        if made_course.deployed:
            yield from [f"{slug}:"] if len(made) > 1 else []
            yield describe_door(slug, made_course.deployed.door, made_course.deployed.username)


def _steps(planned: Planned | Imported) -> str:
    return count(len(planned.course.flow.steps), "element")
