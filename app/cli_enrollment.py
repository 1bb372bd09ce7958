"""`tandem token`: links into courses."""

from typing import Annotated

import typer

from app.cli_base import load_settings, plainly

tokens = typer.Typer(help="Links into a course: make, list and close them.", no_args_is_help=True)
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
