"""`tandem people`: who fits, by the conditions of broadcasts and segments."""

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_process

if TYPE_CHECKING:
    from app.boot.process import Process

INVALID = "CONDITIONS_INVALID"
HEADER = ("telegram_id", "username", "first_name", "last_name", "language", "zone", "since")


def people(
    where: Annotated[
        list[str] | None,
        typer.Option(help="A condition, as in `tag: warm` or `not has_paid`; several have to hold together."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
) -> None:
    """List the people for whom conditions hold, as CSV; all of them without any."""
    in_process(partial(list_people, where=where or [], as_json=as_json))


async def list_people(process: "Process", *, where: list[str], as_json: bool) -> list[str]:
    """A line each below the head, or one JSON document; raises CONDITIONS_INVALID for what asks nothing."""
    from core.text.refusal import InputRefused, Refused
    from services.insight.csv_files import write_csv
    from services.people.conditions.listing import iterate_people, read_where

    async with process.db.unit(process.account_id) as uow:
        try:
            clause = await read_where(uow, where)
        except Refused as refused:
            raise InputRefused(INVALID, refused.words) from None
    rows: list[tuple[Any, ...]] = [
        (
            person.telegram_id,
            person.username,
            person.first_name,
            person.last_name,
            person.language,
            person.zone,
            person.met_at and person.met_at.isoformat(timespec="seconds"),
        )
        async for person in iterate_people(process.db, process.account_id, clause)
    ]
    if as_json:
        return [
            json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows], ensure_ascii=False, indent=2)
        ]
    return write_csv(HEADER, rows).rstrip("\n").split("\n")
