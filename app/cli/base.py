"""What every command needs: the settings, one unit of work or a process to work with, and its lines printed."""

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from app.boot.process import Process
    from app.boot.settings import Settings


def load_settings() -> "Settings":
    """The settings of the environment; ends the program with a line per problem when there are some."""
    from pydantic import ValidationError

    from app.boot.machine.env_file import describe_problems, list_redirections
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


def in_process(work: "Callable[[Process], Awaitable[Iterable[str]]]", *, for_all: bool = False) -> NoReturn:
    """Do the work with an opened database and Telegram, print the lines it gives, end with the status.

    It is for the account `--account` names; `for_all`: for none in particular.
    """
    from app.boot.command import opened, opened_for_account, run_command

    settings = load_settings()

    async def main() -> None:
        async with (opened if for_all else opened_for_account)(settings) as process:
            lines = await work(process)
        print_lines(lines)

    raise typer.Exit(run_command(settings, main))


def in_unit(
    use_case: "Callable[..., Awaitable[Iterable[str]]]", *arguments: object, **named: object
) -> NoReturn:
    """As `in_process`, in one unit of work, which is the first argument."""

    async def work(process: "Process") -> "Iterable[str]":
        async with process.db.unit(process.account_id) as uow:
            return await use_case(uow, *arguments, **named)

    in_process(work)


def print_lines(lines: "Iterable[str]") -> None:
    """Print them."""
    for line in lines:
        typer.echo(line)


def read_options(words: "Sequence[str] | None") -> dict[str, str]:
    """Options written as `name=value`."""
    return {name: value for name, _, value in (word.partition("=") for word in words or ())}


def count(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number} {what}{'' if number == 1 else 's'}"
