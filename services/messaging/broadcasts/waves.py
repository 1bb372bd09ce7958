"""A broadcast that does not leave for all at once: its people wait in waves, each for its moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus
from core.rules.quiet_hours import Hours
from core.rules.sending_times import SendingTimes
from services.content.flows import find_version
from services.content.scenarios import list_scenarios
from services.content.settings import load_course_settings
from services.delivery import recipients
from services.delivery.schemas import Earlier
from services.delivery.timers import set_timer
from services.messaging.broadcast_plan import Plan
from services.messaging.schemas import Broadcast, Wave
from services.messaging.store import broadcasts as store
from services.people.conditions import audience

WAVE = "broadcast_wave"  # timer: the moment of a wave, or the end of the window in which it leaves
CHUNK = 2_000  # people let go per commit
SOON = timedelta(seconds=1)


async def list_waves(uow: UnitOfWork, bot_id: int, plan: Plan) -> list[Wave]:
    """The zones whose people get it at the same moment, from now on; none if all do at once."""
    if not plan.times.is_local:
        return []
    times = await _load_times(uow, bot_id, plan)
    zones: Mapping[tuple[datetime, datetime | None], list[str]] = defaultdict(list)
    for zone in await audience.list_zones(uow.conn, uow.account_id) or ["UTC"]:
        begun = times.first_moment(uow.now, zone)
        zones[begun, times.end(begun, zone)].append(zone)
    return [Wave(key[0].isoformat(), tuple(zones[key])) for key in sorted(zones, key=str)]


async def _load_times(uow: UnitOfWork, bot_id: int, plan: Plan) -> SendingTimes:
    """With the quiet hours of the bot: those of what `/start` begins there, else the account's."""
    scenarios = await list_scenarios(uow, bot_id)
    version = await find_version(uow, scenarios[0].slug) if scenarios else None
    said = await load_course_settings(uow, scenarios[0].deployment_id if scenarios else None)
    if version is not None:
        return replace(plan.times, quiet=said.quiet_of(version.flow))
    return replace(plan.times, quiet=said.quiet_hours if isinstance(said.quiet_hours, Hours) else None)


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


async def follow_timers(uow: UnitOfWork, timers: Sequence[Earlier]) -> None:
    """Waves whose timers ring earlier leave then."""
    for timer in timers:
        if timer.kind != WAVE or not timer.payload["wave"]:
            continue
        broadcast = await store.find_broadcast(uow.conn, uow.account_id, timer.payload["broadcast_id"])
        if broadcast is not None:
            waves = list(broadcast.waves)
            waves[timer.payload["wave"] - 1] = replace(
                waves[timer.payload["wave"] - 1], at=timer.due_at.isoformat()
            )
            values = {"waves": [asdict(wave) for wave in waves]}
            await store.change_broadcast(uow.conn, uow.account_id, broadcast.id, values)


async def _lead(uow: UnitOfWork, broadcast: Broadcast, plan: Plan, number: int) -> None:
    wave = broadcast.waves[number - 1] if number else None
    if wave is not None:
        times = await _load_times(uow, broadcast.bot_id, plan)
        leaves = times.go_on(wave.moment, uow.now, wave.zone)
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
    """All at once: after its window nobody gets it."""
    while await recipients.withdraw(uow, broadcast_id, number, CHUNK) == CHUNK:
        pass


async def _set(
    uow: UnitOfWork, broadcast_id: int, number: int, at: datetime, zone: str | None = None
) -> None:
    payload = {"broadcast_id": broadcast_id, "wave": number}
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else None
    await set_timer(uow, WAVE, f"bc:{broadcast_id}:{number}", at, payload, wall=wall, zone=zone)
