"""A broadcast that starts by itself: at its moment, every week if it says so; moved until then."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BroadcastStatus
from core.rules.local_time import to_instant
from core.text.refusal import InputRefused
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import moves
from services.messaging.broadcasts.broadcasts import get_broadcast, watch
from services.messaging.broadcasts.starting import (
    load_audience,
    set_start,
    start,
    stop_suspended,
    stop_without_audience,
)
from services.messaging.schemas import Broadcast
from services.messaging.store import broadcasts as store
from services.tenancy.plans import room

PLANNED = (BroadcastStatus.SCHEDULED,)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


async def move(uow: UnitOfWork, broadcast_id: int, at: datetime) -> None:
    """Have a planned broadcast start at another moment; raises BROADCAST_NOT_PLANNED, BROADCAST_NOT_FOUND."""
    broadcast = await get_broadcast(uow, broadcast_id)
    moved = broadcast.plan is not None and await moves.move_broadcast(
        uow,
        broadcast_id,
        BroadcastStatus.SCHEDULED,
        PLANNED,  # started by somebody else meanwhile, it is not planned any more
        {"definition": broadcast.plan.model_copy(update={"at": at}).dump()},
    )
    if not moved:
        raise DomainError(
            ErrorKind.CONFLICT, "BROADCAST_NOT_PLANNED", f"broadcast {broadcast_id} is not planned any more"
        )
    await set_start(uow, broadcast_id, at)


async def start_now(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Start a planned broadcast at once, with the weeks to come as they were; False if it is not planned any more."""
    broadcast = await _hold_planned(uow, broadcast_id)
    if broadcast is None or broadcast.plan is None:
        return False
    await _start(uow, broadcast, broadcast.plan)
    return True


async def move_on(uow: UnitOfWork, broadcast_id: int) -> bool:
    """Have a planned broadcast start a day later; False if it is not planned any more."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if (
        broadcast.status is not BroadcastStatus.SCHEDULED
        or broadcast.plan is None
        or broadcast.plan.at is None
    ):
        return False
    await move(uow, broadcast_id, broadcast.plan.at + DAY)
    return True


async def on_start(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Its moment: start it, and plan the next one of a weekly one."""
    broadcast = await _hold_planned(uow, payload["broadcast_id"])
    plan = broadcast.plan if broadcast else None
    if broadcast is None or plan is None or (plan.at is not None and plan.at > uow.now):
        return  # moved since: another timer rings then
    await _start(uow, broadcast, plan)


async def _hold_planned(uow: UnitOfWork, broadcast_id: int) -> Broadcast | None:
    """A planned broadcast as nobody else can change it before this unit ends; None if it is not planned any more."""
    to = BroadcastStatus.SCHEDULED
    if not await moves.move_broadcast(uow, broadcast_id, to, PLANNED, {}):
        return None
    return await get_broadcast(uow, broadcast_id)


async def _start(uow: UnitOfWork, broadcast: Broadcast, plan: Plan) -> None:
    if plan.weekly and plan.at is not None:
        await _plan_next(uow, broadcast, plan, plan.at)
    try:
        await load_audience(uow, plan.tree)
    except InputRefused as refused:
        await stop_without_audience(uow, broadcast.id, refused)
        return
    if await room.is_suspended(uow):
        await stop_suspended(uow, broadcast.id)
        return
    if await start(uow, broadcast.id, broadcast.bot_id, plan):
        await watch(uow, broadcast.id)


async def _plan_next(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, at: datetime) -> None:
    """The same a week later, on the wall of its zone; weeks that nobody was running are passed over."""
    following = next_week(at, plan.zone)
    while following <= uow.now:
        following = next_week(following, plan.zone)
    row = {
        "bot_id": broadcast.bot_id,
        "name": plan.name,
        "definition": plan.model_copy(update={"at": following}).dump(),
        "status": BroadcastStatus.SCHEDULED,
        "total": 0,
        "author_id": broadcast.author_id,
        "created_at": uow.now,
    }
    await set_start(uow, await moves.add_broadcast(uow, row), following)


async def put_right(uow: UnitOfWork, moment: datetime) -> None:
    """A weekly broadcast that a clock far ahead has planned for after a moment comes in the next of its weeks."""
    for broadcast_id in await store.list_planned_after(uow.conn, uow.account_id, moment):
        broadcast = await get_broadcast(uow, broadcast_id)
        plan = broadcast.plan
        if plan is None or not plan.weekly or plan.at is None:
            continue
        at = plan.at
        while (before := _weeks_later(at, plan.zone, -WEEK)) > uow.now:
            at = before
        await move(uow, broadcast_id, at)


def next_week(at: datetime, zone: str | None) -> datetime:
    """The same hour a week later: on a clock in `zone`, else by the offset the moment was given with."""
    return _weeks_later(at, zone, WEEK)


def _weeks_later(at: datetime, zone: str | None, by: timedelta) -> datetime:
    if zone is None:
        return at + by
    return to_instant(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + by, zone)
