"""Durable "later": fired once, moved by their key, skipped or given up as told."""

from datetime import timedelta

from core.db.models.delivery import timers as table
from core.db.session import Database, UnitOfWork
from core.events import DomainEvent, TimerDue
from core.lifecycle import Misfire
from services.delivery import timers
from services.delivery.sending.dead_letters import list_dead_letters, replay_dead_letter
from services.delivery.store.timers import FAILED_TRIES
from services.delivery.timers import LATE, drop_timers, fire_due, set_timer
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock


async def put(db: Database, key: str, minutes: float = 1, misfire: Misfire = Misfire.SEND) -> None:
    async with db.unit(1) as uow:
        await set_timer(uow, "wake", key, uow.now + timedelta(minutes=minutes), {"key": key}, misfire)


def keys(happened: list[DomainEvent]) -> list[str]:
    return [event.key for event in happened if isinstance(event, TimerDue)]


async def test_fires_once_when_due_in_the_order_of_their_moments(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    await put(room, "b", 2)
    await put(room, "a", 1)
    await put(room, "later", 10)
    assert await fire_due(room) == 0
    clock.advance(minutes=2)
    assert await fire_due(room) == 2
    assert await fire_due(room) == 0
    assert keys(happened) == ["a", "b"]


async def test_the_same_key_moves_it(room: Database, clock: StillClock, happened: list[DomainEvent]) -> None:
    await put(room, "a", 1)
    await put(room, "a", 5)
    clock.advance(minutes=2)
    await fire_due(room)
    assert happened == []
    clock.advance(minutes=3)
    await fire_due(room)
    assert keys(happened) == ["a"]


async def test_dropped_by_the_beginning_of_their_key(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    for key in ("run:1:a", "run:1:b", "run:11:a", "run%1"):
        await put(room, key)
    async with room.unit(1) as uow:
        assert await drop_timers(uow, "wake", "run:1:") == 2
        assert await drop_timers(uow, "wake", "run%1") == 1
    clock.advance(minutes=1)
    await fire_due(room)
    assert keys(happened) == ["run:11:a"]


async def test_after_a_downtime_the_rule_decides(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    await put(room, "send")
    await put(room, "skip", misfire=Misfire.SKIP)
    await put(room, "skip, but nearly in time", 60, Misfire.SKIP)
    clock.advance(minutes=61)
    assert timedelta(minutes=1) < LATE
    await fire_due(room)
    assert keys(happened) == ["send", "skip, but nearly in time"]
    assert await read_rows(room, table) == []


async def test_one_that_fails_does_not_hold_the_others(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    for key in ("a", "bad", "b"):
        await put(room, key)
    room.react = _stumble_over("bad", happened)
    clock.advance(minutes=1)
    await fire_due(room)
    assert keys(happened)[-2:] == ["a", "b"]
    [row] = await read_rows(room, table)
    assert (row.key, row.attempts, row.error) == ("bad", 1, "LookupError('bad')")


async def test_given_up_after_some_tries_and_replayed(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    await put(room, "bad")
    room.react = _stumble_over("bad", happened)
    fired = 0
    for _ in range(20):
        clock.advance(minutes=5)
        fired += await fire_due(room)
    assert fired == FAILED_TRIES
    [letter] = await list_dead_letters(room, 1)
    assert (letter.kind, letter.what) == ("timer", "wake bad")
    room.react = _stumble_over("nothing", happened)
    async with room.unit(1) as uow:
        assert await replay_dead_letter(uow, "timer", letter.id) == 1
    await fire_due(room)
    assert keys(happened) == ["bad"]


async def test_a_unit_that_fails_sets_nothing(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    await put(room, "bad")
    clock.advance(minutes=1)

    async def react(uow: UnitOfWork, event: DomainEvent) -> None:
        await set_timer(uow, "wake", "never", uow.now, {})
        happened.append(event)
        raise LookupError

    room.react = react
    await fire_due(room)
    assert keys(happened) == ["bad"]
    assert [row.key for row in await read_rows(room, table)] == ["bad"]


async def test_a_tick_takes_no_more_than_a_batch(
    room: Database, clock: StillClock, happened: list[DomainEvent]
) -> None:
    async with room.unit(1) as uow:
        for number in range(timers.BATCH + 1):
            await set_timer(uow, "wake", f"{number}", uow.now, {})
    assert [await fire_due(room), await fire_due(room), await fire_due(room)] == [timers.BATCH, 1, 0]
    assert len(keys(happened)) == timers.BATCH + 1


def _stumble_over(key: str, happened: list[DomainEvent]) -> object:
    async def react(_: UnitOfWork, event: DomainEvent) -> None:
        if isinstance(event, TimerDue) and event.key == key:
            raise LookupError(key)
        happened.append(event)

    return react
