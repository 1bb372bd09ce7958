"""`tandem imports`: what was imported, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.content.schemas import Import

imports = typer.Typer(help="What was imported: list it, undo it.", no_args_is_help=True)
_UNDONE = {
    "draft": "the draft is what it was before",
    "version": "the version before is the newest again; who had begun in the other one finishes there",
    "withdrawn": "nobody gets into it any more",
}


@imports.command("list")
def list_imports() -> None:
    """Show the latest imports, newest first."""
    in_unit(_list)


@imports.command("undo")
def undo(number: Annotated[int, typer.Argument(help="The number `tandem imports list` shows.")]) -> None:
    """Bring back what was there before an import, while nothing came after it."""
    in_unit(_undo, number)


async def _list(uow: "UnitOfWork") -> list[str]:
    from services.content.imports import list_imports as find_all

    return [_describe(made) for made in await find_all(uow)] or ["nothing was imported yet"]


def _describe(made: "Import") -> str:
    state = "undone" if made.undone_at else "published" if made.version_id else "a draft"
    return f"{made.id}\t{made.made_at:%Y-%m-%d %H:%M} UTC\t{made.slug}\t{state}\t{made.file}"


async def _undo(uow: "UnitOfWork", number: int) -> list[str]:
    from services.workflows.course_import.steps import undo_import

    slug, done = await undo_import(uow, number)
    return [f"{slug}: the import is undone: {_UNDONE[done]}"]
