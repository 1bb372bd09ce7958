"""`tandem import`: says what it takes each path for, then brings it in by its kind."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import load_settings, print_lines
from app.cli.importing.options import ImportOptions

if TYPE_CHECKING:
    from app.boot.settings import Settings
    from services.workflows.import_kinds import Recognised

KINDS = "course, older-bot or people"


def import_anything(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Course files or folders of them (YAML, XLSX, CSV), the link of a Google Sheet or document, Word and Markdown documents, question banks, a channel that Telegram "
            "Desktop has exported (folder, result.json or ZIP), the data folder "
            "of the bot that kept JSON files, a folder of the older platform's people tables.",
        ),
    ],
    kind: Annotated[str, typer.Option(help=f"What it is, where that is in doubt: {KINDS}.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Put it on the bot; the last line is the link that starts it.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Keep it as a draft; `tandem publish` makes it a version.")
    ] = False,
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="With --deploy: open it to everybody with the link, even if it is sold."
        ),
    ] = False,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--slug",
            "--course",
            help="What links call a course whose file does not say it. Of people: SLUG for rows that name no "
            "course; OLD=SLUG renames one.",
        ),
    ] = None,
    env_file: Annotated[
        Path | None, typer.Option("--env", help="Of the older bot: its .env, if it is not in or above.")
    ] = None,
) -> None:
    """Bring in courses, scenarios, people, an older bot: recognised by what they are; repeating changes nothing."""
    if draft and deploy:
        raise typer.BadParameter("a draft is not put on a bot: say --draft or --deploy")
    if public and not deploy:
        raise typer.BadParameter("--public says who gets in when a course is put on the bot: add --deploy")
    options = ImportOptions(dry_run, deploy, draft, public, names or (), env_file)
    _import(paths, kind, options)


def _import(paths: Sequence[str], kind: str, options: ImportOptions) -> None:
    from app.boot.command import run_command

    settings = load_settings()

    async def work() -> None:
        recognitions = _recognise(paths, kind)
        _refuse_foreign(recognitions, options)
        print_lines(f"{recognition.given}: {recognition.words}" for recognition in recognitions)
        await _bring_in(settings, recognitions, options)

    raise typer.Exit(run_command(settings, work))


def _recognise(paths: Sequence[str], word: str) -> "list[Recognised]":
    """What was given; raises ValueError before anything is opened."""
    from app.cli.importing.paths import find_path
    from services.content.importing.formats.google import find_export
    from services.workflows.import_kinds import ImportKind, recognise

    try:
        kind = ImportKind(word) if word else None
    except ValueError:
        raise ValueError(f"--kind {word}: there are {', '.join(ImportKind)}") from None
    places = [path if find_export(path) is not None else str(find_path(path)) for path in paths]
    return [recognise(place, kind) for place in places]


def _refuse_foreign(recognised: "Sequence[Recognised]", options: ImportOptions) -> None:
    """An option is not passed over in silence where nothing is given that it is for."""
    from services.workflows.import_kinds import ImportKind

    course, people, older_bot = ImportKind.COURSE, ImportKind.PEOPLE, ImportKind.OLDER_BOT
    said = (
        ("--deploy", options.deploy, {course}),
        ("--draft", options.draft, {course}),
        ("--slug", options.names, {course, people}),
        ("--env", options.env_file, {older_bot}),
    )
    kinds = {recognition.kind for recognition in recognised}
    for name, is_said, takers in said:
        if is_said and not kinds & takers:
            raise ValueError(f"{name} is for --kind {' and '.join(sorted(takers))}; nothing of it is given")
    if course in kinds and options.names and (len(recognised) > 1 or len(options.names) > 1):
        raise ValueError("--slug names one course: give one path")


async def _bring_in(settings: "Settings", recognised: "Sequence[Recognised]", options: ImportOptions) -> None:
    """Courses first, all or none; then each older bot and people's folder by itself."""
    from app.boot.command import opened_for_account
    from app.boot.schema import is_ready
    from app.cli.importing import courses, older_bot, people
    from services.workflows.import_kinds import ImportKind

    of_courses = [other.given for other in recognised if other.kind is ImportKind.COURSE]
    others = [other for other in recognised if other.kind is not ImportKind.COURSE]
    if not others and options.dry_run and not await is_ready(settings.url):
        print_lines(await courses.look_through(settings, of_courses, options))
        return
    async with opened_for_account(settings) as process:
        if of_courses:
            print_lines(await courses.import_courses(process, of_courses, options))
        for other in others:
            import_kind = (
                people.import_people if other.kind is ImportKind.PEOPLE else older_bot.import_older_bot
            )
            print_lines(await import_kind(process, Path(other.given), options))
