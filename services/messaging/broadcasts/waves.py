"""A broadcast that does not leave for all at once: its people wait in waves, each for its moment."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus
from services.delivery import recipients
from services.delivery.timers import set_timer
from services.messaging.broadcast_plan import Plan
from services.messaging.schemas import Broadcast, Wave
from services.messaging.store import broadcasts as store
from services.people.conditions import audience

WAVE = "broadcast_wave"  # timer: the moment of a wave, or the end of the window in which it leaves
CHUNK = 5_000  # people let go per commit
SOON = timedelta(seconds=1)


async def list_waves(uow: UnitOfWork, plan: Plan) -> list[Wave]:
    """The zones whose people get it at the same moment, from now on; none if all do at once."""
    if not plan.times.is_local:
        return []
    zones: Mapping[tuple[datetime, datetime | None], list[str]] = defaultdict(list)
    for zone in await audience.list_zones(uow.conn, uow.account_id) or ["UTC"]:
        begun = plan.times.first_moment(uow.now, zone)
        zones[begun, plan.times.end(begun, zone)].append(zone)
    return [Wave(key[0].isoformat(), tuple(zones[key])) for key in sorted(zones, key=str)]


async def set_moments(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """Have each wave leave at its moment."""
    for number, wave in enumerate(broadcast.waves, start=1):
        await _set(uow, broadcast.id, number, wave.moment, wave.zone)


async def on_moment(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """The moment of a wave: let its people get it, piece by piece; or its window's end: who has not got it waits."""
    broadcast = await store.find_broadcast(uow.conn, uow.account_id, payload["broadcast_id"])
    if broadcast is None or broadcast.plan is None:
        return
    if broadcast.status is BroadcastStatus.FILLING:
        await _set(uow, broadcast.id, payload["wave"], uow.now + SOON)
    elif broadcast.status is BroadcastStatus.RUNNING:
        await _lead(uow, broadcast, broadcast.plan, payload["wave"])


async def go_on(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """After a pause: whose moment has passed meanwhile gets it now, or at the next good hour."""
    for number, wave in enumerate(broadcast.waves, start=1):
        if broadcast.plan is not None and wave.moment <= uow.now:
            await _lead(uow, broadcast, broadcast.plan, number)
    if broadcast.winner is not None:
        await _set(uow, broadcast.id, 0, uow.now)


async def let_rest_go(uow: UnitOfWork, broadcast: Broadcast) -> None:
    """A variant has won: all who waited for that get it, each wave at a good hour of its own."""
    for number, wave in enumerate(broadcast.waves, start=1):
        await _set(uow, broadcast.id, number, max(uow.now, wave.moment), wave.zone)
    await _set(uow, broadcast.id, 0, uow.now)


async def _lead(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, number: int) -> None:
    wave = broadcast.waves[number - 1] if number else None
    if wave is not None:
        leaves = plan.times.go_on(wave.moment, uow.now, wave.zone)
        if leaves > uow.now:
            await _withdraw(uow, broadcast.id, number)
            await _set(uow, broadcast.id, number, leaves, wave.zone)
            return
    winner = 0 if plan.winner is None else broadcast.winner
    released = await recipients.release(
        uow, broadcast.id, broadcast.bot_id, wave=number, winner=winner, limit=CHUNK
    )
    if released == CHUNK:
        await _set(uow, broadcast.id, number, uow.now)
    elif wave is not None and (end := plan.times.end(uow.now, wave.zone)):
        await _set(uow, broadcast.id, number, end, wave.zone)


async def _withdraw(uow: UnitOfWork, broadcast_id: int, number: int) -> None:
    while await recipients.withdraw(uow, broadcast_id, number, CHUNK) == CHUNK:
        pass


async def _set(
    uow: UnitOfWork, broadcast_id: int, number: int, at: datetime, zone: str | None = None
) -> None:
    payload = {"broadcast_id": broadcast_id, "wave": number}
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else None
    await set_timer(uow, WAVE, f"bc:{broadcast_id}:{number}", at, payload, wall=wall, zone=zone)
