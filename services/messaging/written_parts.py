"""What an admin writes to a broadcast beside its first message: its buttons, readers, moment, a text in one more language or to compare."""

from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus
from core.text.message import ANY_LANGUAGE
from core.text.refusal import InputRefused, Refused
from services.content.messages.bot_values import know_values
from services.messaging import when_lines
from services.messaging.broadcast_plan import INVALID, Plan, read_plan
from services.messaging.broadcasts import changes
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.drafting import audiences, drafts
from services.messaging.broadcasts.drafting.buttons import ASK
from services.messaging.broadcasts.files import require_scenarios
from services.messaging.button_lines import read_buttons
from services.messaging.schemas import Broadcast
from services.people.admins import find_zone

BUTTONS = "buttons"
AS_TYPED = (BUTTONS, "when", ASK)  # begin what is read without the formatting of the message
SHARE, MOST_SHARED = 20, 80  # percent of each variant, and of all together


def is_read_as_typed(about: str) -> bool:
    """Whether the formatting of a message plays no part in what was asked for."""
    return about.partition(":")[2].startswith(AS_TYPED)


async def take_part(uow: UnitOfWork, about: str, text: str, author_id: int) -> int | None:
    """Put it into the draft, or into an edit of what was sent; gives the number of what its card is to show.

    `about` is the broadcast, with `:buttons`, `:when`, `:iftag` or `:en` where that part of it was asked for. None if the draft is none
    any more; raises BROADCAST_INVALID and as `prepare_edit`.
    """
    number, _, part = about.partition(":")
    broadcast = await get_broadcast(uow, int(number))
    if broadcast.status is BroadcastStatus.DRAFT:
        plan = broadcast.plan and await _change(uow, broadcast, broadcast.plan, part, text)
        return broadcast.id if plan and await drafts.change_draft(uow, broadcast.id, plan) else None
    if part == BUTTONS:
        rows = read_buttons(text)
        return await changes.prepare_edit(uow, broadcast.id, {}, author_id, buttons=rows)
    return await changes.prepare_edit(uow, broadcast.id, {part or ANY_LANGUAGE: text}, author_id)


async def _change(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, part: str, text: str) -> Plan:
    """The draft's plan with what was written for a part of it; raises BROADCAST_INVALID."""
    try:
        if part.startswith(ASK):
            return await audiences.add_written(uow, plan, part.removeprefix(ASK), text)
        document = await _write(uow, plan, part, text)
    except Refused as refused:
        raise InputRefused(INVALID, refused.words) from None
    changed = read_plan(document, (await know_values(uow)).variables)
    await require_scenarios(uow, broadcast.bot_id, changed)
    return changed


async def _write(uow: UnitOfWork, plan: Plan, part: str, text: str) -> dict[str, Any]:
    """The plan's document with the part as it was written."""
    match part:
        case "buttons" if plan.original is not None and len(plan.original.message_ids) > 1:
            raise Refused("refused-album-buttons")
        case "buttons":
            return {**plan.dump(), "buttons": read_buttons(text)}
        case "when":
            untimed = {name: said for name, said in plan.dump().items() if name not in when_lines.FIELDS}
            return {**untimed, **when_lines.read_when(text, uow.now, await find_zone(uow))}
        case "variant":
            return _with_variant(plan, text)
    return plan.dump_with({part or ANY_LANGUAGE: text})


def _with_variant(plan: Plan, text: str) -> dict[str, Any]:
    """The first is compared with what the draft itself says; all have equal shares, and leave somebody for the better one."""
    document = plan.dump()
    variants = [*(document.get("variants") or [{}]), {"text": text}]
    share = min(SHARE, MOST_SHARED // len(variants))
    document["variants"] = [{**variant, "share": share} for variant in variants]
    return {"winner": dict(drafts.FIRST_WINNER), **document}
