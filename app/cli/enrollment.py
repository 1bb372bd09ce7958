"""`tandem token`, `deploy`, `cohort` and `participants`: who comes into which course, and under what settings."""

from typing import Annotated

import typer

from app.cli.base import load_settings, plainly

tokens = typer.Typer(help="Links into a course: make, list and close them.", no_args_is_help=True)
cohorts = typer.Typer(help="People who begin a course together.", no_args_is_help=True)
participants = typer.Typer(help="The list of people a restricted course admits.", no_args_is_help=True)
Course = Annotated[str, typer.Option(help="The course, if the bot has several.")]


@tokens.command("issue")
def issue_token(
    kind: Annotated[str, typer.Argument(help="public, group, personal or external")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="uses=30 for=1002 external=crm-17 days=14 until=2030-12-31 cohort= label= utm="),
    ] = None,
    course: Course = "",
) -> None:
    """Make a link; it is printed alone, and can be listed again."""
    from app.commands import enroll
    from app.enrolling import issue, read_options

    plainly(enroll, load_settings(), issue(kind, course, read_options(words or [])))


@tokens.command("list")
def list_tokens(course: Course = "") -> None:
    """Show the links of a course, newest first."""
    from app.commands import enroll
    from app.enrolling import show_tokens

    plainly(enroll, load_settings(), show_tokens(course))


@tokens.command("revoke")
def revoke_token(
    number: Annotated[int, typer.Argument(help="The number `tandem token list` shows.")],
) -> None:
    """Close a link; who came by it stays in the course."""
    from app.commands import enroll
    from app.enrolling import revoke

    plainly(enroll, load_settings(), revoke(number))


def deploy(
    course: Annotated[str, typer.Argument(help="What links call the course.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value, as often as needed; yes, no or JSON.")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="To be tried by admins, kept out of numbers.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Open it to everybody with the link, even if it is sold.")
    ] = False,
) -> None:
    """Put a course on the course bot and set what differs there; the last line is the link that starts it."""
    from app.commands import enroll
    from app.enrolling import put_on_bot, read_options

    plainly(
        enroll, load_settings(), put_on_bot(course, read_options(settings or []), test=test, public=public)
    )


@cohorts.command("add")
def add_cohort(
    code: Annotated[str, typer.Argument(help="A short name, like spring.")],
    starts: Annotated[
        str, typer.Argument(help="2030-09-01 or 2030-09-01T09:00+03:00; UTC if it does not say.")
    ],
    sections: Annotated[list[str] | None, typer.Argument(help="section=moment, for each that waits.")] = None,
    course: Course = "",
) -> None:
    """Make a cohort, or change its times."""
    from app.commands import enroll
    from app.enrolling import put_cohort, read_options

    plainly(enroll, load_settings(), put_cohort(course, code, starts, read_options(sections or [])))


@cohorts.command("list")
def list_cohorts(course: Course = "") -> None:
    """Show the cohorts of a course, the first to begin first."""
    from app.commands import enroll
    from app.enrolling import show_cohorts

    plainly(enroll, load_settings(), show_cohorts(course))


@participants.command("add")
def add_participants(
    people: Annotated[list[str], typer.Argument(help="Telegram numbers, or @usernames.")], course: Course = ""
) -> None:
    """Put people on the list, all or none."""
    from app.commands import enroll
    from app.enrolling import list_people

    plainly(enroll, load_settings(), list_people(course, people))


@participants.command("remove")
def remove_participants(
    people: Annotated[list[str], typer.Argument(help="Telegram numbers, or @usernames.")], course: Course = ""
) -> None:
    """Take people off the list; who is in the course stays."""
    from app.commands import enroll
    from app.enrolling import unlist_people

    plainly(enroll, load_settings(), unlist_people(course, people))


@participants.command("list")
def list_participants(course: Course = "") -> None:
    """Show the list."""
    from app.commands import enroll
    from app.enrolling import show_people

    plainly(enroll, load_settings(), show_people(course))
