"""What an admin writes to a broadcast beside its first message: its buttons, its text in one more language, a new text."""

from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus
from core.text.message import ANY_LANGUAGE
from core.text.refusal import InputRefused, words
from services.content.messages.bot_values import know_values
from services.messaging.broadcast_plan import INVALID, Plan, read_plan
from services.messaging.broadcasts import changes, drafts
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.files import require_scenarios
from services.messaging.button_lines import read_buttons
from services.messaging.schemas import Broadcast

BUTTONS = "buttons"


async def take_part(uow: UnitOfWork, about: str, text: str, author_id: int) -> int | None:
    """Put it into the draft, or into an edit of what was sent; gives the number of what its card is to show.

    `about` is the broadcast, with `:buttons` or `:en` where that part of it was asked for. None if the draft is none
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
    if part == BUTTONS and plan.original is not None and len(plan.original.message_ids) > 1:
        raise InputRefused(INVALID, words("refused-album-buttons"))
    document = plan.dump_with({} if part == BUTTONS else {part or ANY_LANGUAGE: text})
    if part == BUTTONS:
        document["buttons"] = read_buttons(text)
    changed = read_plan(document, (await know_values(uow)).variables)
    await require_scenarios(uow, broadcast.bot_id, changed)
    return changed
