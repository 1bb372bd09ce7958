"""Local hours, windows and variants as rows: who waits for what, and leaves when."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.db.models.delivery import outbox
from core.db.models.messaging import broadcasts as broadcast_rows
from core.db.session import Database
from core.lifecycle import BotKind, BroadcastStatus, OrderStatus, OutboxState
from core.rules.local_hour import LocalHour
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.delivery.timers import fire_due
from services.messaging.broadcast_plan import Plan, read_plan
from services.messaging.broadcasts import broadcasts, scheduling, starting, trials
from services.messaging.responses import links
from services.people.contacts import get_by_telegram_id
from tests.core.rules.test_sending_times import CHANGES, search
from tests.core.rules.test_sending_times import ZONES as PLACES
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import add_flow, make_course, make_scenario
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_order, add_tariff
from tests.fakes.clock import StillClock

ZONES = ("Asia/Tokyo", "Europe/Moscow", "Europe/Berlin", "America/New_York")
EACH = 10
NOON = datetime(2030, 6, 3, 12, 0, tzinfo=UTC)  # a Monday


async def settle(db: Database, zones: tuple[str, ...] = ZONES) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        for place, zone in enumerate(zones):
            for number in range(EACH):
                person = await add_contact(uow, 1000 * (place + 1) + number, zone=zone)
                await add_chat(uow, SALES_BOT, person)


async def began(db: Database, **more: Any) -> int:
    async with db.unit(1) as uow:
        document = {"name": "News", "text": "Hello", **more}
        return await starting.start_broadcast(uow, SALES_BOT, read_plan(document, frozenset()))


async def go_to(db: Database, clock: StillClock, at: datetime) -> None:
    clock.advance(seconds=(at - clock.now()).total_seconds())
    while await fire_due(db):
        clock.advance(seconds=1)


async def waiting(db: Database, broadcast_id: int, state: OutboxState = OutboxState.PENDING) -> Counter[int]:
    """How many of each zone (by its thousand) are in a state."""
    rows = await read_rows(db, outbox, broadcast_id=broadcast_id, state=state)
    return Counter(row.chat_id // 1000 for row in rows)


async def arrive(db: Database, broadcast_id: int) -> None:
    """What waits arrives."""
    async with db.unit(1) as uow:
        theirs = (outbox.c.broadcast_id == broadcast_id, outbox.c.state == OutboxState.PENDING)
        await uow.conn.execute(
            update(outbox).where(*theirs).values(state=OutboxState.SENT, sending_since=uow.now)
        )


async def test_everybody_at_their_own_hour_and_once(db: Database, clock: StillClock) -> None:
    await settle(db)
    await go_to(db, clock, NOON)
    one = await began(db, local="19:00")  # Tokyo has 21:00, Moscow 15:00, Berlin 14:00, New York 8:00
    tally = await broadcasts.get_tally(db, 1, one)
    assert (tally.total, tally.waiting) == (40, 40)
    seen = []
    for hours in (4, 5, 11, 22):
        await go_to(db, clock, NOON + timedelta(hours=hours) - timedelta(seconds=30))
        assert not await waiting(db, one)
        await go_to(db, clock, NOON + timedelta(hours=hours))
        seen.append(dict(await waiting(db, one)))
        await broadcasts.finish_broadcasts(db)
        await arrive(db, one)
    assert seen == [{2: EACH}, {3: EACH}, {4: EACH}, {1: EACH}]
    await broadcasts.finish_broadcasts(db)
    tally = await broadcasts.get_tally(db, 1, one)
    assert (tally.status, tally.sent) == (BroadcastStatus.FINISHED, 40)


@pytest.mark.parametrize("change", [CHANGES[1], CHANGES[4]], ids=["put forward", "put back"])
async def test_26_zones_across_a_change_of_clocks_at_their_minute_once(
    db: Database, clock: StillClock, change: datetime
) -> None:
    await settle(db, PLACES)
    start = change - timedelta(hours=14)
    await go_to(db, clock, start)
    one = await began(db, local="02:30")
    expected = defaultdict(set)
    for place, zone in enumerate(PLACES, start=1):
        expected[search(start, zone, LocalHour(2, 30))].add(place)
    for moment in sorted(expected):
        await go_to(db, clock, moment - timedelta(seconds=40))
        assert not await waiting(db, one)
        await go_to(db, clock, moment)
        assert await waiting(db, one) == dict.fromkeys(expected[moment], EACH)
        await arrive(db, one)
    await go_to(db, clock, start + timedelta(days=3))
    assert not await waiting(db, one)
    tally = await broadcasts.get_tally(db, 1, one)
    assert tally.sent == tally.total == len(PLACES) * EACH


async def test_outside_the_window_nothing_leaves_and_what_is_left_waits_for_the_next(
    db: Database, clock: StillClock
) -> None:
    await settle(db)
    await go_to(db, clock, NOON)
    one = await began(db, window={"from": "10:00", "to": "16:00"})
    await go_to(db, clock, NOON + timedelta(seconds=2))
    assert await waiting(db, one) == {2: EACH, 3: EACH}  # 15:00 and 14:00; Tokyo sleeps, New York has 8:00
    await go_to(db, clock, NOON + timedelta(hours=1, seconds=2))
    assert await waiting(db, one) == {3: EACH}  # Moscow's window has closed before its turn came
    await go_to(db, clock, NOON + timedelta(hours=2, seconds=2))
    assert await waiting(db, one) == {4: EACH}
    await go_to(db, clock, NOON + timedelta(hours=13, seconds=2))
    assert await waiting(db, one) == {1: EACH}
    await go_to(db, clock, NOON + timedelta(hours=20, seconds=2))
    assert await waiting(db, one) == {2: EACH, 3: EACH}  # the next day's, as far as they have begun
    assert (await broadcasts.get_tally(db, 1, one)).waiting == 40


async def test_who_missed_their_hour_in_a_pause_is_not_woken_at_night(
    db: Database, clock: StillClock
) -> None:
    await settle(db, ("Europe/Moscow",))
    await go_to(db, clock, NOON)
    one = await began(db, local="19:00")
    async with db.unit(1) as uow:
        await broadcasts.pause_broadcast(uow, one)
    await go_to(db, clock, NOON + timedelta(hours=8))  # 23:00 in Moscow
    assert not await waiting(db, one)
    async with db.unit(1) as uow:
        assert await broadcasts.resume_broadcast(uow, one)
    assert not await waiting(db, one)
    await go_to(db, clock, NOON + timedelta(hours=18, seconds=2))  # 9:00
    assert await waiting(db, one) == {1: EACH}


async def test_a_planned_one_starts_at_its_moment_moves_and_is_put_away(
    db: Database, clock: StillClock
) -> None:
    await settle(db, ("UTC",))
    await go_to(db, clock, NOON)
    one = await began(db, at="2030-06-03T15:00+00:00")
    other = await began(db, at="2030-06-03T15:00+00:00")
    assert (await broadcasts.get_tally(db, 1, one)).status is BroadcastStatus.SCHEDULED
    async with db.unit(1) as uow:
        await scheduling.move(uow, one, NOON + timedelta(hours=4))
        assert await broadcasts.cancel_broadcast(uow, other)
    await go_to(db, clock, NOON + timedelta(hours=3, minutes=59))
    assert not await waiting(db, one)
    await go_to(db, clock, NOON + timedelta(hours=4))
    assert await waiting(db, one) == {1: EACH}
    assert (await broadcasts.get_tally(db, 1, other)).total == 0


async def test_a_weekly_one_keeps_its_hour_when_the_clocks_change(db: Database, clock: StillClock) -> None:
    await settle(db, ("UTC",))
    await go_to(db, clock, datetime(2030, 10, 20, tzinfo=UTC))
    await began(db, at="2030-10-21T10:00+02:00", weekly=True, zone="Europe/Berlin")
    await go_to(db, clock, datetime(2030, 10, 21, 8, 0, tzinfo=UTC))
    rows = await read_rows(db, broadcast_rows)
    assert [row.status for row in rows] == [BroadcastStatus.RUNNING, BroadcastStatus.SCHEDULED]
    assert (
        rows[1].definition["at"].startswith("2030-10-28T09:00")
    )  # an hour later, on a clock that was put back
    await go_to(db, clock, datetime(2030, 11, 20, tzinfo=UTC))
    rows = await read_rows(db, broadcast_rows)
    assert len(rows) == 3  # a standstill of weeks is caught up once
    assert rows[2].definition["at"].startswith("2030-11-25T09:00")


VARIANTS = {
    "variants": [{"share": 25, "text": "A"}, {"share": 25, "text": "B"}],
    "winner": {"by": "clicks", "after": "4h"},
}


async def crowd(db: Database, people: int) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        for number in range(people):
            await add_chat(uow, SALES_BOT, await add_contact(uow, 1000 + number, zone="UTC"))


async def by_variant(db: Database, broadcast_id: int, state: OutboxState) -> Counter[int]:
    rows = await read_rows(db, outbox, broadcast_id=broadcast_id, state=state)
    return Counter(row.variant for row in rows)


async def click(db: Database, broadcast_id: int, variant: int, people: int) -> None:
    rows = await read_rows(db, outbox, broadcast_id=broadcast_id, variant=variant)
    async with db.unit(1) as uow:
        for row in rows[:people]:
            await links.note_press(uow, broadcast_id, row.chat_id, "0-0")


async def test_the_shares_are_kept_and_the_better_one_goes_to_the_rest(
    db: Database, clock: StillClock
) -> None:
    await crowd(db, 200)
    one = await began(db, **VARIANTS)
    assert await by_variant(db, one, OutboxState.PENDING) == {1: 50, 2: 50}
    assert await by_variant(db, one, OutboxState.PLANNED) == {0: 100}
    await arrive(db, one)
    await broadcasts.finish_broadcasts(db)
    assert (await broadcasts.get_tally(db, 1, one)).status is BroadcastStatus.RUNNING
    await click(db, one, 1, 2)
    await click(db, one, 2, 20)
    await go_to(db, clock, clock.now() + timedelta(hours=4))
    assert await by_variant(db, one, OutboxState.PENDING) == {2: 100}
    await arrive(db, one)
    await broadcasts.finish_broadcasts(db)
    assert (await broadcasts.get_tally(db, 1, one)).status is BroadcastStatus.FINISHED
    async with db.unit(1) as uow:
        assert not await trials.choose_variant(uow, one, 1)


async def test_payments_decide_and_not_the_clicks(db: Database, clock: StillClock) -> None:
    await crowd(db, 160)
    one = await began(db, **VARIANTS | {"winner": {"by": "payment", "after": "1d"}})
    await arrive(db, one)
    await click(db, one, 1, 40)
    clock.advance(hours=1)
    await pay(db, one, {1: 2, 2: 14})
    await go_to(db, clock, clock.now() + timedelta(days=1))
    assert await by_variant(db, one, OutboxState.PENDING) == {2: 80}
    [told] = [row.payload for row in await read_rows(db, outbox) if "broadcast-trial" in str(row.payload)]
    assert "broadcast-trial-better" in told
    assert '"number":14' in told


async def pay(db: Database, broadcast_id: int, buyers: Mapping[int, int]) -> None:
    """So many of those who got a variant pay for something."""
    async with db.unit(1) as uow:
        tariff = await add_tariff(uow, await add_flow(uow, make_course()))
        for variant, number in buyers.items():
            rows = await read_rows(db, outbox, broadcast_id=broadcast_id, variant=variant)
            for row in rows[:number]:
                contact = await get_by_telegram_id(uow, row.chat_id)
                await add_order(uow, contact, tariff, status=OrderStatus.PAID, paid_at=uow.now)


async def test_equal_ones_are_said_to_be_equal(db: Database, clock: StillClock) -> None:
    await crowd(db, 160)
    one = await began(db, **VARIANTS)
    await arrive(db, one)
    await click(db, one, 1, 7)
    await click(db, one, 2, 7)
    await go_to(db, clock, clock.now() + timedelta(hours=4))
    assert await by_variant(db, one, OutboxState.PLANNED) == {0: 80}
    told = [str(row.payload) for row in await read_rows(db, outbox)]
    assert any("broadcast-trial-equal" in one for one in told)


@pytest.mark.parametrize(("people", "clicks"), [(200, 10), (40, 5)])
async def test_a_tie_and_too_few_are_asked_about(
    db: Database, clock: StillClock, people: int, clicks: int
) -> None:
    await crowd(db, people)
    one = await began(db, **VARIANTS)
    await arrive(db, one)
    await click(db, one, 1, clicks)
    await click(db, one, 2, clicks + 1)
    await go_to(db, clock, clock.now() + timedelta(hours=4))
    assert await by_variant(db, one, OutboxState.PLANNED) == {0: people // 2}
    async with db.unit(1) as uow:
        assert not await trials.choose_variant(uow, one, 3)
        assert await trials.choose_variant(uow, one, 1)
    await go_to(db, clock, clock.now() + timedelta(seconds=1))
    assert await by_variant(db, one, OutboxState.PENDING) == {1: people // 2}


async def test_the_comparison_waits_until_who_gets_a_variant_has_it(db: Database, clock: StillClock) -> None:
    await crowd(db, 80)
    one = await began(db, **VARIANTS)
    clock.advance(seconds=4 * 3600)
    assert await fire_due(db)
    assert await by_variant(db, one, OutboxState.PLANNED) == {0: 40}
    (row,) = await read_rows(db, broadcast_rows)
    assert row.winner is None


def test_the_plan_says_its_times() -> None:
    plan = Plan(name="News", text={"*": "Hello"}, local="19:00")
    assert str(plan.times.hour) == "19:00"


async def test_the_quiet_hours_of_the_bots_own_scenario_count(db: Database, clock: StillClock) -> None:
    await settle(db, ("Europe/Berlin",))
    await go_to(db, clock, NOON)
    async with db.unit(1) as uow:
        version = await publish_flow(uow, make_scenario(quiet_hours="18:00-20:00"))
        await deploy_flow(uow, version.flow_id, SALES_BOT)
    one = await began(db, local="19:00")
    await go_to(db, clock, NOON + timedelta(hours=5, minutes=30))
    assert not await waiting(db, one)
    await go_to(db, clock, NOON + timedelta(hours=6))  # 20:00 in Berlin
    assert await waiting(db, one) == {1: EACH}
