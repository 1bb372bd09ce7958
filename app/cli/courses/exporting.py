"""`tandem export`: the newest version of a flow as a file that imports to the same."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from core.flow.definition import Flow


def export(
    flow: Annotated[str, typer.Argument(help="What links call the course or scenario.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Into this file.")] = None,
) -> None:
    """Write the newest version of a course as YAML that imports to the same."""
    in_unit(_export, flow, output)


async def _export(uow: "UnitOfWork", slug: str, to: Path | None) -> list[str]:
    from services.content.flows import get_flow_id, get_latest_version

    version = await get_latest_version(uow, await get_flow_id(uow, slug))
    _write(version.flow, to)
    return []


def _write(flow: "Flow", to: Path | None) -> None:
    from services.content.exporting.documents import write_yaml

    if to is None:
        typer.echo(write_yaml(flow), nl=False)
    elif to.suffix.lower() == ".xlsx":
        from services.content.exporting.workbooks import write_workbook

        to.write_bytes(write_workbook(flow))
    else:
        to.write_text(write_yaml(flow), encoding="utf-8")
