"""What `tandem publish`, `rollback`, `flows` and `versions` do, and what they say about it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import Progress

from app.boot.process import Process
from core.db.session import UnitOfWork
from core.flow.definition import Flow
from core.flow.versions import Changes, Choice, compare
from services.content import flows
from services.content.drafts import get_draft
from services.content.schemas import FlowVersion, ListedVersion
from services.learning.runs import version_migration
from services.learning.runs.version_migration import BATCH, Survey
from services.learning.store.version_migration import count_by_version
from services.tenancy.bots import FIRST_ACCOUNT

FATES = {"changed": "changed in the new version", "removed": "gone in the new version", "": ""}
CHOICES = (
    "--stay: they finish the version they are in; --move: they go on in the new one; "
    "--resend: they go on, and who stands on a changed step gets it again"
)


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is to be published: the draft of `slug`, or else an earlier `version` of it (0: the one before)."""

    slug: str
    choice: Choice | None = None
    version: int | None = None
    is_certain: bool = False


class UndecidedError(ValueError):
    """Somebody has to say what becomes of the people; nothing has changed."""


async def publish(process: Process, wanted: Publishing) -> None:
    """Publish after a look at who is where; raises UndecidedError when nobody says what becomes of them."""
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        flow = await _find(uow, wanted)
        found = await version_migration.survey(uow, flow)
    _print_survey(wanted.slug, found)
    choice = wanted.choice or _ask(found)
    if not wanted.is_certain and sys.stdin.isatty() and not _agrees():
        raise UndecidedError("nothing was published")
    async with process.db.unit(FIRST_ACCOUNT) as uow:
        version = await version_migration.publish(uow, flow, choice)
    sys.stdout.write(f"{wanted.slug}: version {version.number} is published\n")
    if choice is not Choice.STAY:
        await _move_all(process, version, choice, found.people)


async def _find(uow: UnitOfWork, wanted: Publishing) -> Flow:
    if wanted.version is None:
        return await get_draft(uow, wanted.slug)
    return await version_migration.restore(uow, wanted.slug, wanted.version or None)


def _print_survey(slug: str, found: Survey) -> None:
    changes = ", ".join(_count_changes(found.changes)) or "nothing new"
    sys.stdout.write(f"{slug}: {changes}; people in it: {found.people}\n")
    for one in found.standing:
        fate = f"  ({FATES[one.fate]})" if one.fate else ""
        sys.stdout.write(f"  {one.step}: {one.people}{fate}\n")


def _count_changes(changes: Changes) -> Iterator[str]:
    for what, keys in (
        ("added", changes.added),
        ("changed", changes.changed),
        ("removed", changes.removed),
    ):
        if keys:
            yield f"{what}: {', '.join(keys)}"


def _ask(found: Survey) -> Choice:
    """What becomes of the people; staying where nobody stands on anything that has changed."""
    if not found.touched:
        return Choice.STAY
    if not sys.stdin.isatty():
        raise UndecidedError(
            f"{found.touched} people stand on changed or removed steps. Say one of {CHOICES}"
        )
    sys.stdout.write(f"{CHOICES}\nstay, move or resend? ")
    sys.stdout.flush()
    try:
        return Choice(sys.stdin.readline().strip().lower())
    except ValueError:
        raise UndecidedError("nothing was published: that is none of stay, move, resend") from None


def _agrees() -> bool:
    sys.stdout.write("publish? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", "д", "да"}


async def _move_all(process: Process, version: FlowVersion, choice: Choice, people: int) -> None:
    """Move everybody now, with a bar; broken off, the running process goes on by itself."""
    console = Console(stderr=True)
    moved = 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("moving", total=people)
        while True:
            async with process.db.unit(FIRST_ACCOUNT) as uow:
                some = await version_migration.move_some(uow, version.id, choice)
            moved += some
            bar.update(task, advance=some)
            if some < BATCH:
                break
    sys.stdout.write(f"people moved: {moved}\n")


async def list_flows(uow: UnitOfWork) -> list[str]:
    """One line per flow."""
    lines = []
    for one in await flows.list_flows(uow):
        people = sum((await count_by_version(uow.conn, uow.account_id, one.id)).values())
        draft = f"draft of {one.draft_at:%Y-%m-%d %H:%M}" if one.draft_at else "no draft"
        lines.append(f"{one.slug}\t{one.kind}\tversions: {one.versions}\tpeople in it: {people}\t{draft}")
    return lines


async def list_versions(uow: UnitOfWork, slug: str) -> list[str]:
    """One line per version: number, moment, people, and what is new in it."""
    flow_id = await flows.get_flow_id(uow, slug)
    people = await count_by_version(uow.conn, uow.account_id, flow_id)
    listed = await flows.list_versions(uow, flow_id)
    lines = []
    for place, one in enumerate(listed):
        news = await _news(uow, one, listed[place + 1] if place + 1 < len(listed) else None)
        moment = f"{one.published_at:%Y-%m-%d %H:%M}"
        lines.append(f"{one.number}\t{moment} UTC\tpeople in it: {people.get(one.id, 0)}\t{news}")
    return lines


async def _news(uow: UnitOfWork, version: ListedVersion, before: ListedVersion | None) -> str:
    if before is None:
        return "the first"
    old = (await flows.get_version(uow, before.id)).flow
    new = (await flows.get_version(uow, version.id)).flow
    return ", ".join(_count_changes(compare(old, new))) or "as the one before in its steps"
