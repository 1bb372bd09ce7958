"""`tandem removals`: who leaves the groups because access has ended, before it happens."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.commerce.access.removal import Preview
    from services.commerce.schemas import Outsider


def removals(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Show who leaves which group when because access has ended; nobody is put out by looking."""
    in_unit(list_removals, as_json=as_json)


async def list_removals(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line for each, or one JSON document."""
    import json

    from services.commerce.access import leaving, removal

    known = await removal.preview(uow)
    rows = [await _row(uow, outsider, known) for outsider in known.outside]
    if as_json:
        document = {"alarm": known.guard.alarm, "is_off": known.guard.is_off, "people": rows}
        return [json.dumps(document, ensure_ascii=False, indent=2)]
    lines = [f"stopped ({known.guard.alarm}): /removals lets it go on"] if known.guard.alarm else []
    lines += ["switched off: /removals switches it on"] if known.guard.is_off else []
    for row in rows:
        group = await leaving.name_chat(uow, row["group"])
        when = "waits for the payment provider" if row["waits"] else row["leaves_at"]
        lines.append(f"{row['telegram_id']}  {row['name']}  {group}  {when}")
    return lines or ["everybody in the groups has open access"]


async def _row(uow: "UnitOfWork", outsider: "Outsider", known: "Preview") -> dict[str, Any]:
    from services.people.contacts import get_contact

    return {
        "telegram_id": outsider.user_id,
        "name": (await get_contact(uow, outsider.contact_id)).full_name,
        "group": outsider.chat_id,
        "ended_at": outsider.ended_at.isoformat(),
        "leaves_at": outsider.leaves_at.isoformat() if outsider.leaves_at else None,
        "waits": outsider.contact_id in known.unsettled,
    }
