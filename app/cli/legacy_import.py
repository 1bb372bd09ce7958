"""`tandem adopt`: read, back up, put in place, verify, all in one transaction; a dry run undoes it."""

import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.boot.process import Process
from app.cli.paths import find_path
from app.courses import connect_missing_bots
from app.install import stand_in_for_bots
from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from services.content.messages.media import keep_file, name_kept
from services.tenancy.bots import FIRST_ACCOUNT
from services.workflows.legacy_import.placing import Taken, Tick, place
from services.workflows.legacy_import.reading.legacy import Findings, Legacy
from services.workflows.legacy_import.reading.reader import read_folder
from services.workflows.legacy_import.verifying import compare_with_files, verify
from utils import faultpoints

BACKUPS = "backups"
MOST_LINES = 50


@dataclass(frozen=True)
class Wanted:
    """Which folder, where its environment stands, and whether anything is to be changed."""

    folder: Path
    env_file: Path | None
    dry_run: bool


class _Undone(Exception):  # noqa: N818 - it states a fact
    """Everything was tried and is taken back."""


async def adopt(process: Process, wanted: Wanted) -> None:
    """Take the older bot's folder over, all or nothing. Raises LEGACY_INVALID when anything is wrong with it."""
    faultpoints.arm(process.settings.fault_at)
    legacy = read_folder(find_path(str(wanted.folder)), wanted.env_file)
    _refuse_wrong(legacy.findings)
    if not wanted.dry_run:
        await connect_missing_bots(process)
        sys.stdout.write(f"backup: {back_up(process, wanted.folder)}\n")
    faultpoints.reach("backed up")
    taken = Taken()
    with suppress(_Undone):
        async with process.db.unit(FIRST_ACCOUNT) as uow:
            if wanted.dry_run:
                await stand_in_for_bots(uow, process.keys)
            await _take_over(uow, legacy, taken, dry_run=wanted.dry_run)
    faultpoints.reach("adoption committed")
    for line in report(legacy, taken, dry_run=wanted.dry_run):
        sys.stdout.write(f"{line}\n")


async def _take_over(uow: UnitOfWork, legacy: Legacy, taken: Taken, *, dry_run: bool) -> None:
    keep = _name if dry_run else partial(_keep, uow.env)
    with _bar(len(legacy.users)) as tick:
        await place(uow, legacy, taken, keep, tick)
    _refuse_wrong(legacy.findings)
    legacy.findings.errors += await verify(uow, legacy, taken)
    comparison = await compare_with_files(uow, legacy, taken)
    legacy.findings.errors += comparison.wrong
    taken.compared = comparison.lines
    _refuse_wrong(legacy.findings)
    faultpoints.reach("adopted")
    if dry_run:
        raise _Undone


def _keep(env: Environment, path: Path) -> str:
    return keep_file(env, path.read_bytes(), path.suffix.lower())


def _name(path: Path) -> str:
    return name_kept(path.read_bytes(), path.suffix.lower())


def _refuse_wrong(findings: Findings) -> None:
    if not findings.errors:
        return
    shown = findings.errors[:MOST_LINES]
    if len(findings.errors) > MOST_LINES:
        shown = [*shown, f"and {len(findings.errors) - MOST_LINES} more"]
    detail = "\n".join([*shown, "nothing was taken over"])
    raise DomainError(ErrorKind.INVALID, "LEGACY_INVALID", detail)


@contextmanager
def _bar(total: int) -> Iterator[Tick]:
    """A progress bar on a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("people", total=total)
        yield lambda done: bar.advance(task, done)


def back_up(process: Process, folder: Path) -> Path:
    """Copy the older bot's files, and our database where it is a file; gives where they are."""
    name = f"before-adopting-{process.clock.real_now():%Y%m%dT%H%M%S}"
    home = process.settings.data_dir / BACKUPS
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    to = next(home / one for one in names if not (home / one).exists())
    to.mkdir(parents=True)
    shutil.copytree(folder, to / "legacy", dirs_exist_ok=True, symlinks=True)
    if process.db.is_sqlite:
        source = sqlite3.connect(process.settings.url.removeprefix("sqlite+aiosqlite:///"))
        with source, sqlite3.connect(to / "tandem.db") as copy:
            source.backup(copy)
        copy.close()
        source.close()
    return to


def report(legacy: Legacy, taken: Taken, *, dry_run: bool) -> Iterator[str]:
    """What was taken over, what was left, and that it was compared."""
    states = Counter(state.status for user in legacy.users for state in user.states)
    yield f"read: {len(legacy.scenarios)} scenarios, {len(legacy.users)} people, {_listed(states)}"
    yield (
        f"taken over: {taken.scenarios} scenarios, {taken.people} people, {taken.runs} positions, "
        f"{taken.timers} next messages, {taken.payments} payments, {taken.broadcasts} broadcasts"
    )
    if taken.known:
        yield f"{taken.known} positions were here already and stay as they are"
    for note in dict.fromkeys(legacy.findings.notes):
        yield f"note: {note}"
    yield from taken.compared
    if dry_run:
        yield "a dry run: nothing was changed"


def _listed(states: Counter[str]) -> str:
    return ", ".join(f"{count} {status}" for status, count in sorted(states.items())) or "no positions"
