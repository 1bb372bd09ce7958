"""`tandem segment`: people under a name."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork

INVALID = "SEGMENT_INVALID"
segment = typer.Typer(help="People under a name, for `in_segment`.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Its name.")]


@segment.command("save")
def save(
    name: Name,
    path: Annotated[Path, typer.Argument(help="YAML: `audience`, a tree of conditions.")],
    *,
    static: Annotated[bool, typer.Option("--static", help="Who fits now, and no others later.")] = False,
) -> None:
    """Keep a segment, live unless told otherwise: whoever fits at the moment of asking is in it."""
    in_unit(save_file, name, path, live=not static)


@segment.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show them with how many are in each now."""
    in_process(partial(list_them, as_json=as_json))


@segment.command("drop")
def drop(name: Name) -> None:
    """Forget one."""
    in_unit(drop_one, name)


async def save_file(uow: "UnitOfWork", name: str, path: Path, *, live: bool) -> list[str]:
    """Keep the segment of a file."""
    from app.cli.documents import read_document
    from services.people.segments import save_segment

    document = read_document(path, INVALID, "segment-needed")
    saved = await save_segment(uow, name, document.get("audience"), live=live)
    return [f"{saved.name}: {saved.count} people, {'live' if saved.is_live else 'as they are now'}"]


async def list_them(process: "Process", *, as_json: bool) -> list[str]:
    """A line per segment, or one JSON document."""
    from services.people.segments import list_segments

    segments = await list_segments(process.db, process.account_id)
    if as_json:
        return [json.dumps([asdict(each_segment) for each_segment in segments], ensure_ascii=False, indent=2)]
    kinds = {True: "live", False: "static"}
    lines = [
        f"{each_segment.name}\t{kinds[each_segment.is_live]}\t{each_segment.count} people"
        for each_segment in segments
    ]
    return lines or ["there are no segments; `tandem segment save NAME FILE` makes one"]


async def drop_one(uow: "UnitOfWork", name: str) -> list[str]:
    """Forget it."""
    from services.people.segments import drop_segment

    was_there = await drop_segment(uow, name)
    return [f"{name} is forgotten" if was_there else f"there is no segment {name}"]
