"""`tandem flows`, `versions`, `publish`, `rollback`."""

import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit, print_lines

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from core.flow.versions import Changes, MoveChoice
    from services.content.schemas import ListedVersion
    from services.learning.runs.version_migration import Survey

Flow = Annotated[str, typer.Argument(help="What links call the course or scenario.")]
Stay = Annotated[bool, typer.Option("--stay", help="People finish the version they are in.")]
Move = Annotated[bool, typer.Option("--move", help="People go on in the new version where they are.")]
Resend = Annotated[
    bool, typer.Option("--resend", help="As --move; who stands on a changed step gets it again.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask once more.")]
FATES = {"changed": "changed in the new version", "removed": "gone in the new version", "": ""}
CHOICES = (
    "--stay: they finish the version they are in; --move: they go on in the new one; "
    "--resend: they go on, and who stands on a changed step gets it again"
)


def flows() -> None:
    """List the courses and scenarios."""
    in_unit(_list_flows)


def versions(flow: Flow) -> None:
    """List the versions of a course: what each changed, and how many people are in it."""
    in_unit(_list_versions, flow)


def publish(
    flow: Flow, stay: Stay = False, move: Move = False, resend: Resend = False, yes: Yes = False
) -> None:
    """Publish the draft of a course as its next version, after a look at who is where."""
    choice = _read_choice((stay, move, resend))
    in_process(partial(_publish, slug=flow, version=None, choice=choice, yes=yes))


def rollback(
    flow: Flow,
    version: Annotated[int, typer.Argument(help="Which; without it the one before the newest.")] = 0,
    stay: Stay = False,
    move: Move = False,
    resend: Resend = False,
    yes: Yes = False,
) -> None:
    """Make an earlier version of a course its newest again."""
    choice = _read_choice((stay, move, resend))
    in_process(partial(_publish, slug=flow, version=version, choice=choice, yes=yes))


def _read_choice(said: tuple[bool, bool, bool]) -> "MoveChoice | None":
    from core.flow.versions import MoveChoice

    chosen = [choice for choice, is_said in zip(MoveChoice, said, strict=True) if is_said]
    if len(chosen) > 1:
        raise typer.BadParameter("say one of --stay, --move, --resend")
    return chosen[0] if chosen else None


async def _publish(
    process: "Process", slug: str, version: int | None, choice: "MoveChoice | None", *, yes: bool
) -> list[str]:
    """Publish after a look at who is where; raises ValueError when nobody says what becomes of them."""
    from app.cli.progress import progress
    from core.flow.versions import MoveChoice
    from services.learning.runs import version_migration
    from services.workflows.publishing import find_publishable, move_everybody

    async with process.db.unit(process.account_id) as uow:
        flow = await find_publishable(uow, slug, version)
        survey = await version_migration.survey(uow, flow)
    print_lines(_describe_survey(slug, survey))
    choice = choice or _ask(survey)
    if not yes and sys.stdin.isatty() and not _agrees():
        raise ValueError("nothing was published")
    async with process.db.unit(process.account_id) as uow:
        made = await version_migration.publish(uow, flow, choice)
    typer.echo(f"{slug}: version {made.number} is published")
    if choice is MoveChoice.STAY:
        return []
    with progress("moving", survey.people) as advance:
        moved = await move_everybody(process.db, process.account_id, made.id, choice, advance)
    return [f"people moved: {moved}"]


def _describe_survey(slug: str, survey: "Survey") -> Iterator[str]:
    changes = ", ".join(_count_changes(survey.changes)) or "nothing new"
    yield f"{slug}: {changes}; people in it: {survey.people}"
    for group in survey.standing:
        fate = f"  ({FATES[group.fate]})" if group.fate else ""
        yield f"  {group.step}: {group.people}{fate}"


def _count_changes(changes: "Changes") -> Iterator[str]:
    for what, keys in (
        ("added", changes.added),
        ("changed", changes.changed),
        ("removed", changes.removed),
    ):
        if keys:
            yield f"{what}: {', '.join(keys)}"


def _ask(survey: "Survey") -> "MoveChoice":
    """What becomes of the people; staying where nobody stands on anything that has changed."""
    from core.flow.versions import MoveChoice

    if not survey.touched:
        return MoveChoice.STAY
    if not sys.stdin.isatty():
        raise ValueError(f"{survey.touched} people stand on changed or removed steps. Say one of {CHOICES}")
    typer.echo(f"{CHOICES}\nstay, move or resend? ", nl=False)
    try:
        return MoveChoice(sys.stdin.readline().strip().lower())
    except ValueError:
        raise ValueError("nothing was published: that is none of stay, move, resend") from None


def _agrees() -> bool:
    typer.echo("publish? [y/N] ", nl=False)
    return sys.stdin.readline().strip().lower() in {"y", "yes", "д", "да"}


async def _list_flows(uow: "UnitOfWork") -> list[str]:
    """One line per flow."""
    from services.content.flows import list_flows
    from services.learning.runs.version_migration import count_people

    lines = []
    for flow in await list_flows(uow):
        people = sum((await count_people(uow, flow.id)).values())
        draft = f"draft of {flow.draft_at:%Y-%m-%d %H:%M}" if flow.draft_at else "no draft"
        lines.append(f"{flow.slug}\t{flow.kind}\tversions: {flow.versions}\tpeople in it: {people}\t{draft}")
    return lines


async def _list_versions(uow: "UnitOfWork", slug: str) -> list[str]:
    """One line per version: number, moment, people, and what is new in it."""
    from services.content import flows
    from services.learning.runs.version_migration import count_people

    flow_id = await flows.get_flow_id(uow, slug)
    people = await count_people(uow, flow_id)
    listed = await flows.list_versions(uow, flow_id)
    lines = []
    for place, listed_entry in enumerate(listed):
        news = await _news(uow, listed_entry, listed[place + 1] if place + 1 < len(listed) else None)
        moment = f"{listed_entry.published_at:%Y-%m-%d %H:%M}"
        lines.append(
            f"{listed_entry.number}\t{moment} UTC\tpeople in it: {people.get(listed_entry.id, 0)}\t{news}"
        )
    return lines


async def _news(uow: "UnitOfWork", version: "ListedVersion", before: "ListedVersion | None") -> str:
    from core.flow.versions import compare
    from services.content.flows import get_version

    if before is None:
        return "the first"
    old = (await get_version(uow, before.id)).flow
    new = (await get_version(uow, version.id)).flow
    return ", ".join(_count_changes(compare(old, new))) or "as the one before in its steps"
