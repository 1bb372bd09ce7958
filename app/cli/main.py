"""The `tandem` command; each command imports what it needs, so that help is quick."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import load_settings as _settings
from app.cli.base import plainly as _plainly
from app.cli.certificates import certificates
from app.cli.enrollment import cohorts, deploy, participants, tokens
from app.cli.outreach import operators, outreach, results
from app.cli.scenarios import scenarios
from app.cli.shared import shared
from app.cli.tariffs import tariffs
from app.cli.triggers import triggers
from app.cli.versions import flows, publish, rollback, versions

main = typer.Typer(
    help="Sell a course in one Telegram bot, teach it in another.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
main.add_typer(tokens, name="token")
main.add_typer(cohorts, name="cohort")
main.add_typer(participants, name="participants")
main.add_typer(certificates, name="certificate")
main.add_typer(scenarios, name="scenarios")
main.add_typer(tariffs, name="tariffs")
main.add_typer(triggers, name="triggers")
main.add_typer(shared, name="shared")
main.add_typer(operators, name="operators")
main.command("outreach")(outreach)
main.command("results")(results)
main.command("deploy")(deploy)
main.command("flows")(flows)
main.command("versions")(versions)
main.command("publish")(publish)
main.command("rollback")(rollback)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tandem {version('tandem-courses')}")
        raise typer.Exit


@main.callback()
def common(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is."),
    ] = False,
) -> None:
    """Sell a course in one Telegram bot, teach it in another."""
    del show_version


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    from app.commands import bring_up

    _plainly(bring_up, _settings())


@main.command()
def init() -> None:
    """Connect the bots and load the sample course, tariffs and scenario; repeating changes nothing."""
    from app.commands import initialise

    _plainly(initialise, _settings())


@main.command()
def run() -> None:
    """Serve both bots, everything in one process, until SIGTERM or Ctrl-C."""
    from app.commands import serve

    _plainly(serve, _settings())


@main.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the chats open; another is taken if it is in use.")] = 8081,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was done before.")] = False,
    open_browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the chats in a browser.")
    ] = True,
) -> None:
    """Try everything on this machine: a local Telegram, a sample course, no token, no internet."""
    from app.demo.start import run_demo

    raise typer.Exit(run_demo(port=port, fresh=fresh, open_browser=open_browser))


@main.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Say in plain words what is wrong, all at once, and what waits for a person."""
    from app.commands import examine

    raise typer.Exit(examine(as_json=as_json))


@main.command()
def replay(
    kind: Annotated[str, typer.Argument(help="update, call, timer or job")],
    number: Annotated[int | None, typer.Argument(help="the number `tandem doctor` shows")] = None,
    every: Annotated[bool, typer.Option("--all", help="all of this kind")] = False,
) -> None:
    """Put a dead letter back in line."""
    from app.commands import bring_back

    if (number is None) != every:
        raise typer.BadParameter("give a number, or --all")
    _plainly(bring_back, _settings(), kind, number)


@main.command("import")
def import_courses(
    path: Annotated[str, typer.Argument(help="A course file, a folder of them, or a Google Sheet's link.")],
    slug: Annotated[str, typer.Option(help="What links call a course whose file does not say it.")] = "",
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
) -> None:
    """Read courses from files and publish them, all or none; repeating changes nothing."""
    from app.commands import bring_in
    from app.courses import Wishes

    if draft and deploy:
        raise typer.BadParameter("a draft is not put on a bot: say --draft or --deploy")
    if public and not deploy:
        raise typer.BadParameter("--public says who gets in when a course is put on the bot: add --deploy")
    _plainly(bring_in, _settings(), Wishes(path, slug, dry_run, deploy, draft, public))


@main.command()
def rehearse(
    flow: Annotated[
        str,
        typer.Argument(
            help="A flow's file, or what links call it: its draft, else its version. `path`: the whole way to the end."
        ),
    ],
    language: Annotated[str, typer.Option(help="What the student speaks: ru or en.")] = "ru",
) -> None:
    """Walk a flow as a made-up student in seconds; nothing of it touches real people or numbers."""
    from app.rehearsal.play import Rehearsal

    _plainly(lambda: Rehearsal(_settings(), flow, language).run())


@main.command("bring")
def bring_people(
    folder: Annotated[Path, typer.Argument(help="With run.csv, conversation.csv, waiting.csv, …")],
    course: Annotated[
        list[str] | None, typer.Option(help="SLUG for rows that name no course; OLD=SLUG renames one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Bring people of another platform to where they were, all or none; nobody is written to."""
    from app.bringing import Luggage
    from app.commands import bring_along

    _plainly(bring_along, _settings(), Luggage(folder, course or (), dry_run))


@main.command("adopt")
def adopt_folder(
    folder: Annotated[
        Path, typer.Argument(help="The older bot's data: scenarios/ or messages.json, users.json.")
    ],
    env_file: Annotated[
        Path | None, typer.Option("--env", help="Its .env, if it is not in or above.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Take over scenarios, people, money and schedules of the bot that kept JSON files, all or nothing."""
    from app.cli.legacy_import import Wanted
    from app.commands import take_over

    _plainly(take_over, _settings(), Wanted(folder, env_file, dry_run))


@main.command("export")
def export_course(
    flow: Annotated[str, typer.Argument(help="What links call the course or scenario.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Into this file.")] = None,
) -> None:
    """Write the newest version of a course as YAML that imports to the same."""
    from app.commands import give_out

    _plainly(give_out, _settings(), flow, output)
