"""What every command needs: the settings, and plain words when they are wrong."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError

    from app.boot.settings import Settings


def load_settings() -> "Settings":
    """The settings of the environment; ends the program with a line per problem when there are some."""
    from pydantic import ValidationError

    from app.boot.env_file import list_redirections
    from app.boot.settings import Settings

    try:
        settings = Settings()
        problems = list_redirections()
    except ValidationError as error:
        problems = describe_problems(error)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(2)
    return settings


def describe_problems(error: "ValidationError") -> list[str]:
    """A line for each setting that is wrong."""
    from utils.plain_words import describe

    found = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]).upper()
        text = describe(problem)
        found.append(f"{name}: {text}" if name else text)
    return found


def plainly(command: "Callable[..., int]", *arguments: object) -> None:
    """Run a command and end the program with its status."""
    raise typer.Exit(command(*arguments))
