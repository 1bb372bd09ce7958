"""`tandem flows`, `versions`, `publish`, `rollback`."""

from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

Flow = Annotated[str, typer.Argument(help="What links call the course or scenario.")]
Stay = Annotated[bool, typer.Option("--stay", help="People finish the version they are in.")]
Move = Annotated[bool, typer.Option("--move", help="People go on in the new version where they are.")]
Resend = Annotated[
    bool, typer.Option("--resend", help="As --move; who stands on a changed step gets it again.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask once more.")]


def flows() -> None:
    """List the courses and scenarios."""
    from app.commands import enroll
    from app.publishing import list_flows

    plainly(enroll, load_settings(), list_flows)


def versions(flow: Flow) -> None:
    """List the versions of a course: what each changed, and how many people are in it."""
    from functools import partial

    from app.commands import enroll
    from app.publishing import list_versions

    plainly(enroll, load_settings(), partial(list_versions, slug=flow))


def publish(
    flow: Flow, stay: Stay = False, move: Move = False, resend: Resend = False, yes: Yes = False
) -> None:
    """Publish the draft of a course as its next version, after a look at who is where."""
    _publish(flow, None, (stay, move, resend), yes=yes)


def rollback(
    flow: Flow,
    version: Annotated[int, typer.Argument(help="Which; without it the one before the newest.")] = 0,
    stay: Stay = False,
    move: Move = False,
    resend: Resend = False,
    yes: Yes = False,
) -> None:
    """Make an earlier version of a course its newest again."""
    _publish(flow, version, (stay, move, resend), yes=yes)


def _publish(flow: str, version: int | None, said: tuple[bool, bool, bool], *, yes: bool) -> None:
    from app.commands import bring_out
    from app.publishing import Publishing
    from core.flow.versions import Choice

    chosen = [choice for choice, is_said in zip(Choice, said, strict=True) if is_said]
    if len(chosen) > 1:
        raise typer.BadParameter("say one of --stay, --move, --resend")
    wanted = Publishing(flow, chosen[0] if chosen else None, version, is_certain=yes)
    plainly(bring_out, load_settings(), wanted)
