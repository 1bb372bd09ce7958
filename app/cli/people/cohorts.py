"""`tandem cohort`: people who begin a course together."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit, read_options
from app.cli.people.tokens import Course, find_course

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

cohorts = typer.Typer(help="People who begin a course together.", no_args_is_help=True)


@cohorts.command("add")
def add(
    code: Annotated[str, typer.Argument(help="A short name, like spring.")],
    starts: Annotated[
        str, typer.Argument(help="2030-09-01 or 2030-09-01T09:00+03:00; UTC if it does not say.")
    ],
    sections: Annotated[list[str] | None, typer.Argument(help="section=moment, for each that waits.")] = None,
    course: Course = "",
) -> None:
    """Make a cohort, or change its times."""
    in_unit(_add, course, code, starts, read_options(sections))


@cohorts.command("list")
def list_cohorts(course: Course = "") -> None:
    """Show the cohorts of a course, the first to begin first."""
    in_unit(_list_cohorts, course)


async def _add(
    uow: "UnitOfWork", course: str, code: str, starts: str, sections: Mapping[str, str]
) -> list[str]:
    from services.content.entry import cohorts

    _, found_course = await find_course(uow, course)
    made = await cohorts.add_cohort(uow, found_course.deployment, code, starts, sections)
    return [f"{made.code} begins on {made.starts_at:%Y-%m-%d %H:%M} UTC"]


async def _list_cohorts(uow: "UnitOfWork", course: str) -> list[str]:
    """One line per cohort: code, beginning, sections."""
    from services.content.entry import cohorts

    _, found_course = await find_course(uow, course)
    return [
        "\t".join(
            [cohort.code, f"{cohort.starts_at:%Y-%m-%d %H:%M} UTC"]
            + [f"{key}={at:%Y-%m-%d %H:%M}" for key, at in cohorts.section_times(cohort).items()]
        )
        for cohort in await cohorts.list_cohorts(uow, found_course.deployment)
    ]
