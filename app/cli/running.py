"""What begins, keeps and tries an installation: `migrate`, `init`, `run`, `demo`, `rehearse`, `doctor`, `replay`."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit, load_settings, print_lines

if TYPE_CHECKING:
    from core.db.session import UnitOfWork


def migrate() -> None:
    """Bring the database up to date."""
    from app.boot import schema
    from app.boot.command import run_command

    settings = load_settings()

    async def work() -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        await schema.migrate(settings.url)
        print_lines(["the database is up to date"])

    raise typer.Exit(run_command(settings, work))


def init() -> None:
    """Connect the bots and load the sample course, tariffs and scenario; repeating changes nothing."""
    from app.boot.first_content import initialise

    raise typer.Exit(initialise(load_settings()))


def run() -> None:
    """Serve both bots, everything in one process, until SIGTERM or Ctrl-C."""
    from app.serve.start import serve

    raise typer.Exit(serve(load_settings()))


def web() -> None:
    """Answer over HTTP alone: panel, API, notices of payments, webhooks; `tandem worker` does the rest. On PostgreSQL."""
    from app.serve.start import serve

    raise typer.Exit(serve(load_settings(), part="web"))


def worker() -> None:
    """Serve bots and do what is due, without HTTP, beside as many others as you start. On PostgreSQL."""
    from app.serve.start import serve

    raise typer.Exit(serve(load_settings(), part="worker"))


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

    raise typer.Exit(Rehearsal(load_settings(), flow, language).run())


def doctor(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Say in plain words what is wrong, all at once, and what waits for a person."""
    from app.boot.command import run_command
    from app.doctor.report import look, read_leniently
    from utils.redaction import redact

    settings, problems = read_leniently()
    complaints: list[str] = []

    async def work() -> None:
        report = await look(settings, problems)
        complaints.extend(report.complaints)
        print_lines([redact(report.show(as_json=as_json))])

    raise typer.Exit(run_command(settings, work) or (1 if complaints else 0))


def replay(
    kind: Annotated[str, typer.Argument(help="update, call, timer or job")],
    number: Annotated[int | None, typer.Argument(help="the number `tandem doctor` shows")] = None,
    every: Annotated[bool, typer.Option("--all", help="all of this kind")] = False,
) -> None:
    """Put a dead letter back in line; `tandem doctor` lists them."""
    if (number is None) != every:
        raise typer.BadParameter("give a number, or --all")
    in_unit(_replay, kind, number)


async def _replay(uow: "UnitOfWork", kind: str, number: int | None) -> list[str]:
    from services.delivery.sending.dead_letters import replay_dead_letter

    done = await replay_dead_letter(uow, kind, number)
    if number is not None and not done:
        raise ValueError(f"no {kind} {number} waits to be put back; `tandem doctor` lists what does")
    return [f"{done} put back in line"]
