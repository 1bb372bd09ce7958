"""What is done with a broadcast by who has no card of it before them: made, planned, started, stopped; and all of them in pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BroadcastStatus
from core.to_many import BROADCAST_MOVES
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import moves, scheduling
from services.messaging.broadcasts.broadcasts import cancel_broadcast, get_broadcast
from services.messaging.broadcasts.broadcasts import pause_broadcast as pause
from services.messaging.broadcasts.broadcasts import resume_broadcast as resume
from services.messaging.broadcasts.contents import find_price
from services.messaging.broadcasts.drafting import drafts
from services.messaging.broadcasts.files import read_broadcast
from services.messaging.broadcasts.starting import count_reach
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store
from services.people.conditions.audience import Reach

ORDERS = store.ORDERS

NOWHERE = Path("broadcast")  # media are addresses, or files that are here already
VERBS: Mapping[str, BroadcastStatus] = {
    "schedule": BroadcastStatus.SCHEDULED,
    "start": BroadcastStatus.FILLING,
    "pause": BroadcastStatus.PAUSED,
    "resume": BroadcastStatus.RUNNING,
    "cancel": BroadcastStatus.CANCELLED,
}
"""What each verb leads to."""
STARTED = (BroadcastStatus.FILLING, BroadcastStatus.RUNNING)


class AudienceDiffers(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """It would reach `count` people now, and not as many as were expected."""

    def __init__(self, count: int) -> None:
        super().__init__(ErrorKind.CONFLICT, "AUDIENCE_DIFFERS", str(count))
        self.count = count


def list_allowed(status: BroadcastStatus) -> list[str]:
    """The verbs that a broadcast in this state can follow."""
    return [verb for verb, to in VERBS.items() if status in BROADCAST_MOVES[to]]


async def add_draft(uow: UnitOfWork, document: Mapping[str, Any]) -> int:
    """Keep a broadcast to be sent later; gives its id. Raises BROADCAST_INVALID naming every wrong key."""
    bot_id, plan = await read_broadcast(uow, document, NOWHERE)
    row = {
        "bot_id": bot_id,
        "status": BroadcastStatus.DRAFT,
        "total": 0,
        "created_at": uow.now,
        **drafts.plan_columns(plan),
    }
    return await moves.add_broadcast(uow, row)


async def change_draft(uow: UnitOfWork, broadcast_id: int, document: Mapping[str, Any]) -> None:
    """Let a draft say and ask this; raises BROADCAST_STARTED, and BROADCAST_INVALID, also for another bot."""
    bot_id, plan = await read_broadcast(uow, document, NOWHERE)
    if bot_id != (await get_broadcast(uow, broadcast_id)).bot_id:
        raise DomainError(ErrorKind.INVALID, "BROADCAST_BOT", str(broadcast_id))
    if not await drafts.change_draft(uow, broadcast_id, plan):
        raise DomainError(ErrorKind.CONFLICT, "BROADCAST_STARTED", str(broadcast_id))


async def find_reach(uow: UnitOfWork, broadcast: Broadcast) -> Reach:
    """Who would get it now, and who would not; raises BROADCAST_AUDIENCE."""
    return await count_reach(uow, broadcast.bot_id, broadcast.plan.tree if broadcast.plan else None)


def find_stars(uow: UnitOfWork, broadcast: Broadcast, people: int) -> int:
    """The most Stars that so many people cost at the paid pace; 0 where there is none to choose."""
    return find_price(uow, broadcast.plan, people) if broadcast.plan else 0


async def schedule(uow: UnitOfWork, broadcast_id: int, at: datetime) -> bool:
    """Have it leave at that moment, a draft or one that is planned already; False where it can be neither.

    Raises BROADCAST_PAST for a moment that is over.
    """
    if at <= uow.now:
        raise DomainError(ErrorKind.INVALID, "BROADCAST_PAST", at.isoformat())
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.status is BroadcastStatus.SCHEDULED:
        await scheduling.move(uow, broadcast_id, at)
        return True
    plan = broadcast.plan and broadcast.plan.model_copy(update={"at": at, "local": None})
    if plan is None or not await drafts.change_draft(uow, broadcast_id, plan):
        return False
    return await drafts.start_draft(uow, broadcast_id)


async def start(uow: UnitOfWork, broadcast_id: int, expected: int, stars: int = 0) -> bool:
    """Send it now to exactly so many people, for at most so many Stars at the paid pace; False where it cannot start.

    Raises AudienceDiffers.
    """
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.status is BroadcastStatus.SCHEDULED:
        await _require(uow, broadcast, expected)
        return await scheduling.start_now(uow, broadcast_id)
    if broadcast.status is not BroadcastStatus.DRAFT or broadcast.plan is None:
        return False
    await _require(uow, broadcast, expected)
    await drafts.change_draft(uow, broadcast_id, _at_once(broadcast.plan))
    if stars:
        return await drafts.start_paid(uow, await get_broadcast(uow, broadcast_id), stars)
    return await drafts.start_draft(uow, broadcast_id)


def _at_once(plan: Plan) -> Plan:
    return plan.model_copy(update={"at": None, "weekly": False})


async def _require(uow: UnitOfWork, broadcast: Broadcast, expected: int) -> None:
    reach = await find_reach(uow, broadcast)
    if reach.count != expected:
        raise AudienceDiffers(reach.count)


async def cancel(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Stop it for good, or put a draft away; False if it is over."""
    if (await get_broadcast(uow, broadcast_id)).status is BroadcastStatus.DRAFT:
        return await drafts.drop_draft(uow, broadcast_id)
    return await cancel_broadcast(uow, broadcast_id)


async def follow(uow: UnitOfWork, broadcast_id: int, verb: str) -> bool:
    """Pause, resume or cancel it; False where that changes nothing, or cannot be."""
    acts = {"pause": pause, "resume": resume, "cancel": cancel}
    return await acts[verb](uow, broadcast_id)


@dataclass(frozen=True)
class Wanted:
    """Which broadcasts a list is to have; all without anything."""

    bot_id: int | None = None
    status: BroadcastStatus | None = None


async def list_broadcasts(uow: UnitOfWork, wanted: Wanted, part: Slice) -> list[Broadcast]:
    """A part of them; edits and recalls stand with what they change."""
    return await store.list_page(uow.conn, uow.account_id, wanted.bot_id, wanted.status, part)


async def count_broadcasts(uow: UnitOfWork, wanted: Wanted, most: int) -> int:
    """How many there are, counted up to `most`."""
    return await store.count_sends(uow.conn, uow.account_id, wanted.bot_id, wanted.status, most)
