"""The folder of the bot that kept JSON files, imported after a backup, and what is said about it."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

from app.boot.bots import connect_missing_bots
from app.boot.machine.terminal import say_here
from app.boot.process import Process
from app.cli.base import print_lines
from app.cli.importing.options import ImportOptions
from app.cli.progress import progress
from core.text.refusal import Words, words
from services.workflows.legacy_import.importing import import_legacy, refuse_wrong, try_legacy
from services.workflows.legacy_import.reading.legacy import Legacy
from services.workflows.legacy_import.reading.reader import read_folder
from services.workflows.legacy_import.writing import ImportTotals
from utils import faultpoints

BACKUPS = "backups"


async def import_older_bot(process: Process, folder: Path, options: ImportOptions) -> list[str]:
    """Take the folder over, all or nothing. Raises LEGACY_INVALID when anything is wrong with it."""
    faultpoints.arm(process.settings.fault_at)
    legacy = read_folder(folder, options.env_file)
    refuse_wrong(legacy.findings)
    if not options.dry_run:
        await connect_missing_bots(process)
        print_lines([f"backup: {back_up(process, folder)}"])
    faultpoints.reach("backed up")
    with progress("people", len(legacy.users)) as advance:
        if options.dry_run:
            totals = await try_legacy(process.db, process.account_id, process.keys, legacy, advance)
        else:
            totals = await import_legacy(process.db, process.account_id, legacy, advance)
    lines = [*_describe(legacy, totals), *([words("older-dry-run")] if options.dry_run else [])]
    return list(map(say_here, lines))


def back_up(process: Process, folder: Path) -> Path:
    """Copy the older bot's files, and our database where it is a file; gives where they are."""
    name = f"before-import-{process.clock.real_now():%Y%m%dT%H%M%S}"
    home = process.settings.data_dir / BACKUPS
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    to = next(home / name for name in names if not (home / name).exists())
    to.mkdir(parents=True)
    shutil.copytree(folder, to / "legacy", dirs_exist_ok=True, symlinks=True)
    if process.db.is_sqlite:
        source = sqlite3.connect(process.settings.url.removeprefix("sqlite+aiosqlite:///"))
        with source, sqlite3.connect(to / "tandem.db") as copy:
            source.backup(copy)
        copy.close()
        source.close()
    return to


def _describe(legacy: Legacy, totals: ImportTotals) -> Iterator[Words]:
    """What was taken over, what was left, and that it was compared."""
    states = Counter(state.status for user in legacy.users for state in user.states)
    places = ", ".join(f"{status} {number}" for status, number in sorted(states.items())) or "0"
    yield words("older-read", scenarios=len(legacy.scenarios), people=len(legacy.users), places=places)
    names = ("scenarios", "people", "runs", "timers", "payments", "broadcasts")
    yield words("older-taken", **{name: getattr(totals, name) for name in names})
    if totals.known:
        yield words("older-known", number=totals.known)
    for number, note in enumerate(legacy.findings.notes):
        if note not in legacy.findings.notes[:number]:
            yield words("older-note", note=note)
    yield from totals.compared
