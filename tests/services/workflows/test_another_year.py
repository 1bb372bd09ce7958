"""A clock that stood a year ahead for a while: once it is right again, everything goes on as if it had always been."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db.models.commerce_plans import subscriptions
from core.db.models.delivery import timers
from core.db.models.learning import runs
from core.db.models.messaging import broadcasts
from core.db.session import Database
from services.delivery.timers import find_due_at, set_timer
from services.messaging.broadcasts.starting import START
from services.workflows.set_back.watching import ClockWatch
from tests.bots.admin.desk import Desk
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import pass_time
from tests.services.commerce.charges import MONTH, only, sell, subscribe
from tests.services.learning.room import Room, lesson
from tests.services.messaging.test_waves import began, go_to, settle

YEAR = 365
END = {"key": "end", "type": "end", "text": "Goodbye"}


async def put_right(db: Database, clock: StillClock, watch: ClockWatch | None = None) -> None:
    """Somebody sees it, and an hour later it is believed."""
    clock.set_back(days=YEAR)
    watch = watch or ClockWatch(db)
    assert not await watch.look()
    clock.advance(minutes=59)
    assert not await watch.look()
    clock.advance(minutes=1)
    assert await watch.look()
    assert not await watch.look()


async def test_the_next_lesson_comes_the_next_day(db: Database, clock: StillClock) -> None:
    room = Room(db, clock, Desk(db))
    await room.open(*[lesson(day) for day in range(1, 6)], END)
    assert await room.pass_time(days=1) == ["Lesson 2"]
    assert await room.pass_time(days=YEAR) == ["Lesson 3"]
    assert await room.pass_time(hours=2) == []
    await put_right(db, clock)
    assert await room.pass_time(hours=20, minutes=59) == []
    assert await room.pass_time(minutes=1) == ["Lesson 4"]
    [run] = await read_rows(db, runs)
    assert run.spoke_at <= clock.now()


async def test_a_course_that_was_begun_then_goes_on_day_by_day(db: Database, clock: StillClock) -> None:
    room = Room(db, clock, Desk(db))
    clock.advance(days=YEAR)
    await room.open(*[lesson(day) for day in range(1, 5)], END)
    await put_right(db, clock)
    assert await room.pass_time(hours=23) == ["Lesson 2"]
    assert await room.pass_time(days=1) == ["Lesson 3"]


async def test_a_subscription_is_warned_of_and_charged_when_it_is_time(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await sell(db, shop, period=MONTH)
    await subscribe(db, shop)
    paid_until = (await only(db)).paid_until
    async with db.unit(1) as uow:  # as if the warning had fallen into that year
        ahead = uow.now + timedelta(days=YEAR)
        await uow.conn.execute(update(subscriptions).values(warned_at=ahead))
    clock.advance(days=YEAR)
    async with db.unit(1) as uow:
        await set_timer(uow, "wake", "k", uow.now, {})
    await put_right(db, clock)
    assert (await only(db)).warned_at <= clock.now()
    assert (await only(db)).paid_until == paid_until  # it has been said
    await pass_time(db, clock, days=28)
    await pass_time(db, clock, days=4)
    assert (await only(db)).is_charging


async def test_a_weekly_broadcast_comes_in_the_next_of_its_weeks(db: Database, clock: StillClock) -> None:
    await settle(db, ("UTC",))
    begun = clock.now()  # a Monday, 09:00
    await began(db, at=(begun + timedelta(hours=1)).isoformat(), weekly=True, zone="UTC")
    async with db.unit(1) as uow:
        await set_timer(uow, "no", "k", uow.now + timedelta(days=9999), {})
    await go_to(db, clock, begun + timedelta(days=YEAR))
    async with db.unit(1) as uow:
        await set_timer(uow, "no", "k", uow.now + timedelta(days=9999), {})
    await put_right(db, clock)
    planned = (await read_rows(db, broadcasts, status="scheduled"))[-1]
    assert planned.definition["at"].startswith((begun + timedelta(days=7, hours=1)).isoformat()[:16])
    async with db.unit(1) as uow:
        assert await find_due_at(uow, START, f"bc:{planned.id}") == begun + timedelta(days=7, hours=1)


async def test_a_date_that_was_named_stays(db: Database, clock: StillClock) -> None:
    await settle(db, ("UTC",))
    clock.advance(days=YEAR)
    watch = ClockWatch(db)
    assert not await watch.look()
    at = clock.now() + timedelta(days=3)
    broadcast_id = await began(db, at=at.isoformat())
    await put_right(db, clock, watch)
    async with db.unit(1) as uow:
        assert await find_due_at(uow, START, f"bc:{broadcast_id}") == at


async def test_a_machine_that_wakes_in_the_past_moves_nothing(db: Database, clock: StillClock) -> None:
    async with db.unit(1) as uow:
        await set_timer(uow, "wake", "k", uow.now + timedelta(hours=1), {})
    due = [row.due_at for row in await read_rows(db, timers)]
    clock.set_back(days=9 * YEAR)
    watch = ClockWatch(db)
    assert not await watch.look()
    clock.advance(minutes=50)
    assert not await watch.look()
    clock.advance(days=9 * YEAR)
    assert not await watch.look()
    assert [row.due_at for row in await read_rows(db, timers)] == due


@pytest.mark.parametrize("days", [0, 1])
async def test_a_small_jump_moves_nothing(db: Database, clock: StillClock, days: int) -> None:
    async with db.unit(1) as uow:
        await set_timer(uow, "wake", "k", uow.now + timedelta(hours=1), {})
    watch = ClockWatch(db)
    assert not await watch.look()
    clock.set_back(days=days, hours=0 if days else 23)
    for _ in range(3):
        assert not await watch.look()
        clock.advance(hours=1)
