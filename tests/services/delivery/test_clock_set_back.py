"""Somebody sets the machine's clock back by an hour: nothing waits an hour for that."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from core.db.session import Database
from services.delivery import inbox
from services.delivery.jobs import add_job
from services.delivery.leases import take_lease
from services.delivery.outbox import list_waiting_topics, topic_of
from services.delivery.schemas import Postponed, Unknown
from services.delivery.sending import rate_holds
from services.delivery.timers import find_due_at, fire_due, put_earlier, set_date, set_timer
from tests.factories.accounts import SALES_BOT
from tests.factories.work import run_due
from tests.fakes.clock import StillClock
from tests.services.delivery.office import ANNA, claim, claim_texts, own, post, post_bulk, record
from tests.services.delivery.test_inbox import Desk, said

HOUR = 3600
PAUSE = 60  # seconds, the longest between two tries


async def test_an_update_stored_just_before_is_handled_and_blocks_nobody(
    room: Database, clock: StillClock
) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1)])
    clock.set_back(seconds=HOUR)
    await inbox.receive(room, 1, SALES_BOT, [said(2)])
    desk = Desk(room)
    while await desk.drain(room):
        pass
    assert desk.handled == [1, 2]


@pytest.mark.parametrize("back", [PAUSE, HOUR, 24 * HOUR])
async def test_an_update_that_failed_is_tried_again_soon(
    room: Database, clock: StillClock, back: int
) -> None:
    await inbox.receive(room, 1, SALES_BOT, [said(1), said(2)])
    desk = Desk(room, 1)
    await desk.drain(room)
    clock.set_back(seconds=back)
    desk.wrong.clear()
    clock.advance(seconds=2 * PAUSE + 1)
    while await desk.drain(room):
        pass
    assert desk.handled == [1, 2]


async def test_messages_and_recipients_leave(room: Database, clock: StillClock) -> None:
    await post(room, ANNA, "lesson")
    await post_bulk(room, [7])
    clock.set_back(seconds=HOUR)
    assert await list_waiting_topics(room, [SALES_BOT]) == [topic_of(SALES_BOT)]
    assert await claim_texts(room, await own(room)) == ["lesson", "bulk"]


async def test_messages_to_be_tried_again_are(room: Database, clock: StillClock) -> None:
    lease = await own(room)
    await post(room, ANNA, "A")
    await post(room, ANNA + 1, "B")
    first, second = await claim(room, lease)
    await record(room, lease, Unknown(first.call, "time-out"))
    await record(room, lease, Postponed(second.call, timedelta(hours=3), "429"))
    clock.set_back(seconds=HOUR)
    assert await list_waiting_topics(room, [SALES_BOT]) == [topic_of(SALES_BOT)]
    assert await claim_texts(room, lease) == ["A", "B"]


async def test_a_long_deadline_of_telegrams_is_as_long_as_it_was(room: Database, clock: StillClock) -> None:
    await rate_holds.store(room, 1, SALES_BOT, ANNA, 30)
    clock.set_back(seconds=HOUR)
    assert await rate_holds.load(room, SALES_BOT) == {ANNA: 30.0}


async def test_jobs_are_performed_also_those_lost_with_their_process(
    room: Database, clock: StillClock
) -> None:
    performed: list[Mapping[str, Any]] = []

    async def perform(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        performed.append(payload)
        if len(performed) == 1:
            raise OSError("no network")
        return {}

    async with room.unit(1) as uow:
        await add_job(uow, "pay", "k", {"n": 1})
    clock.set_back(seconds=HOUR)
    assert await run_due(room, {"pay": perform}) == 1
    clock.set_back(seconds=HOUR)
    assert await run_due(room, {"pay": perform}) == 1
    assert len(performed) == 2


async def test_a_dead_owners_bot_is_taken_over(room: Database, clock: StillClock) -> None:
    name = f"bot:{SALES_BOT}"
    assert await take_lease(room, 1, name, "dead", ttl=10)
    clock.set_back(seconds=HOUR)
    lease = await take_lease(room, 1, name, "alive", ttl=10)
    assert lease
    assert lease.epoch == 2


async def test_a_timer_keeps_to_the_products_clock(room: Database, clock: StillClock) -> None:
    async with room.unit(1) as uow:
        await set_timer(uow, "wake", "soon", uow.now + timedelta(seconds=2), {})
    clock.set_back(seconds=HOUR)
    clock.advance(seconds=HOUR)
    assert await fire_due(room) == 0
    clock.advance(seconds=2)
    assert await fire_due(room) == 1


async def test_what_was_set_in_another_year_is_put_right_but_no_date(
    room: Database, clock: StillClock
) -> None:
    year = timedelta(days=365)
    begun = clock.now()
    async with room.unit(1) as uow:
        await set_timer(uow, "wake", "before", begun + 30 * timedelta(days=1), {})
    clock.advance(days=365, hours=3)
    async with room.unit(1) as uow:
        await set_timer(uow, "wake", "wait", uow.now + timedelta(hours=2), {})
        at = begun + year + timedelta(days=1)  # nine o'clock in London
        await set_timer(uow, "wake", "wall", at, {}, wall=at.replace(tzinfo=None), zone="Europe/London")
        await set_date(uow, "wake", "date", at, {})
    clock.set_back(days=365)
    by = year
    async with room.unit(1) as uow:
        moved = await put_earlier(uow, uow.now + timedelta(days=1), by)
        assert {each.before - each.due_at for each in moved} == {year}
        assert len(moved) == 2
        assert not await put_earlier(uow, uow.now + timedelta(days=1), by)
        due = {key: await find_due_at(uow, "wake", key) for key in ("before", "wait", "wall", "date")}
    assert due == {
        "before": begun + timedelta(days=30),
        "wait": clock.now() + timedelta(hours=2),
        "wall": begun + timedelta(days=1),
        "date": begun + year + timedelta(days=1),
    }
