"""What every command needs: the settings, and plain words when they are wrong."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.config import Settings


def load_settings() -> "Settings":
    """The settings of the environment; ends the program with a line per problem when there are some."""
    from pydantic import ValidationError

    from core.config import Settings

    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"]).upper()
            text = problem["msg"].removeprefix("Value error, ")
            typer.echo(f"{name}: {text}" if name else text, err=True)
        raise typer.Exit(2) from None


def plainly(command: "Callable[..., int]", *arguments: object) -> None:
    """Run a command and end the program with its status."""
    raise typer.Exit(command(*arguments))
