"""Backups: `backup`, `restore`, `resume-sending`, `move`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import count, in_process, load_settings, print_lines

if TYPE_CHECKING:
    from app.backup.archive import Manifest
    from app.boot.process import Process

GO_ON = "`tandem resume-sending` lets the bots work: until then nothing is received, sent or charged"
PANEL = "Look through it first: `tandem run` serves the panel meanwhile"


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; it must not be there yet.")],
) -> None:
    """Write everything into one sealed file, also while the bots work, and try out whether it can be restored."""

    async def work(process: "Process") -> list[str]:
        from app.backup.taking import take
        from app.cli.progress import told_steps

        with told_steps() as tell:
            manifest = await take(process, file, tell)
        return [
            f"{_describe(manifest)}; restored for a try: whole",
            f"{file} opens with the master keys only (MASTER_KEYS, or the file `keys` in DATA_DIR): keep them elsewhere",
        ]

    in_process(work, for_all=True)


def restore(
    file: Annotated[Path, typer.Argument(help="What `tandem backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Put it in the place of the installation that is there.")
    ] = False,
) -> None:
    """Put a backup into the database of the settings, SQLite or PostgreSQL; nothing is sent until you say so."""
    from app.boot.command import run_command

    settings = load_settings()

    async def work() -> None:
        from app.backup.restoring import restore as restore_backup
        from app.cli.progress import told_steps

        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with told_steps() as tell:
            manifest, aside = await restore_backup(settings, file, tell, force=force)
        before = [f"what was there before is kept as {aside}"] if aside else []
        print_lines([f"restored: {_describe(manifest)}", *before, PANEL, GO_ON])

    raise typer.Exit(run_command(settings, work))


def resume_sending() -> None:
    """Let the bots of a restored installation work."""

    async def work(process: "Process") -> list[str]:
        from services.delivery.standstill import go_on

        async with process.db.unit(process.account_id) as uow:
            stood = await go_on(uow)
        return ["the bots work now" if stood else "nothing stood still"]

    in_process(work, for_all=True)


def move(
    to: Annotated[str, typer.Option("--to", help="The DATABASE_URL of an empty database.")],
) -> None:
    """Copy everything into another database, SQLite or PostgreSQL; the one here stands still from then on."""

    async def work(process: "Process") -> list[str]:
        from app.backup.restoring import move as move_to
        from app.boot.settings import with_driver
        from app.cli.progress import told_steps

        with told_steps() as tell:
            manifest = await move_to(process, with_driver(to), tell)
        return [f"moved: {_describe(manifest)}", "set DATABASE_URL to the new database, and start with it"]

    in_process(work, for_all=True)


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much there is.")] = False,
) -> None:
    """Forget at once what the bots forget little by little: updates of Telegram that were handled a week ago."""

    async def work(process: "Process") -> list[str]:
        from app.cli.progress import progress
        from services.delivery.inbox import count_forgettable, forget_handled

        total = await count_forgettable(process.db)
        if dry_run or not total:
            return [f"{count(total, 'update')} handled a week ago or longer"]
        with progress("updates", total) as tell:
            while done := await forget_handled(process.db):
                tell(done)
        return [f"{count(total, 'update')} forgotten"]

    in_process(work, for_all=True)


def _describe(manifest: "Manifest") -> str:
    taken = f"{manifest.taken_at:%Y-%m-%d %H:%M} UTC"
    return f"{count(manifest.rows, 'row')} and {count(manifest.media, 'file')} as of {taken}"
