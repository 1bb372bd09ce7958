"""`tandem participants`: the list of people a restricted course admits."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit
from app.cli.people.tokens import Course, find_course

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

participants = typer.Typer(help="The list of people a restricted course admits.", no_args_is_help=True)
People = Annotated[list[str], typer.Argument(help="Telegram numbers, or @usernames.")]


@participants.command("add")
def add(people: People, course: Course = "") -> None:
    """Put people on the list, all or none."""
    in_unit(_add, course, people)


@participants.command("remove")
def remove(people: People, course: Course = "") -> None:
    """Take people off the list; who is in the course stays."""
    in_unit(_remove, course, people)


@participants.command("list")
def list_participants(course: Course = "") -> None:
    """Show the list."""
    in_unit(_list_participants, course)


async def _add(uow: "UnitOfWork", course: str, people: list[str]) -> list[str]:
    from services.content.entry.participants import add_participants

    _, found_course = await find_course(uow, course)
    return [f"{await add_participants(uow, found_course.deployment, people)} added"]


async def _remove(uow: "UnitOfWork", course: str, people: list[str]) -> list[str]:
    from services.content.entry.participants import remove_participants

    _, found_course = await find_course(uow, course)
    return [f"{await remove_participants(uow, found_course.deployment, people)} removed"]


async def _list_participants(uow: "UnitOfWork", course: str) -> list[str]:
    from services.content.entry import participants

    _, found_course = await find_course(uow, course)
    return await participants.list_participants(uow, found_course.deployment)
