"""Who is behind a number, where people stop, the picture and the weekly digest."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.db.models.delivery import jobs, outbox, timers
from core.db.session import Database, UnitOfWork
from core.environment import Environment
from core.flow.run import Run, dump_run_state
from core.lifecycle import ChatState, OrderStatus, OutboxState
from core.money import NO_BREAK
from core.rules.local_hour import LocalHour
from services.content.flows import publish_flow
from services.delivery.speech import Address
from services.delivery.timers import fire_due
from services.insight import behind, digest
from services.insight.figures import count_figures
from services.insight.picture import DAY, WEEK, ask_picture, count_periods, list_charts
from services.people.contacts import find_by_telegram_id
from services.people.schemas import Contact
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import make_course
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_ledger_line, add_order, add_payment
from tests.factories.shops import open_shop
from tests.factories.studies import add_run
from tests.fakes.clock import StillClock
from tests.services.insight.test_figures import add_call

OWNER = 1001


def lesson(day: int) -> dict[str, Any]:
    return {
        "key": f"day{day}",
        "type": "lesson",
        "title": f"Day {day}",
        "messages": [{"text": f"Lesson {day}"}],
    }


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(OWNER,))


async def test_each_number_opens_its_people(db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        for number, source in enumerate(["blog", "blog", None]):
            contact = await add_contact(uow, 600 + number)
            await add_chat(uow, SALES_BOT, contact, state=ChatState.BLOCKED if number else ChatState.OPEN)
            paid = {"status": OrderStatus.PAID, "paid_at": uow.now, "utm": source and {"utm_source": source}}
            order_id = await add_order(uow, contact, shop.basic, public_id=f"o{number}", **paid)
            payment_id = await add_payment(uow, order_id, status="succeeded")
            line = {
                "order_id": order_id,
                "entry": f"pay:{payment_id}:paid",
                "book": "revenue",
                "amount": -100,
            }
            await add_ledger_line(uow, payment_id, **line)
            await add_call(uow, number, contact.telegram_id, OutboxState.FAILED)
        figures = await count_figures(uow)
        numbers = behind.count_behind(figures)
        found = {
            name: {one.telegram_id for one in (await behind.list_behind(uow, name, "", None)).shown}
            for name in numbers
        }
        blog = await behind.list_behind(uow, behind.SOURCE, behind.name_source("blog"), None)
        unmarked = await behind.list_behind(uow, behind.SOURCE, behind.name_source(None), None)
        later = await behind.list_behind(uow, "paid", "", uow.now + timedelta(hours=1))
        foreign = await behind.list_behind(uow, behind.SOURCE, "0", None)
    assert {name: len(people) for name, people in found.items()} == numbers
    assert found["paid"] == {600, 601, 602}
    assert (found["failed"], found["blocked"], found["closed"]) == ({600}, {601, 602}, {601, 602})
    assert {one.telegram_id for one in blog.shown} == {600, 601}
    assert [one.telegram_id for one in unmarked.shown] == [602]
    assert (later.total, foreign.total) == (0, 0)
    async with db.unit(2) as uow:
        assert (await behind.list_behind(uow, "paid", "", None)).total == 0


async def test_pages_of_people_lose_nobody(db: Database) -> None:
    await open_shop(db)
    async with db.unit(1) as uow:
        for number in range(behind.PAGE + 3):
            await add_chat(uow, SALES_BOT, await add_contact(uow, 600 + number))
        pages = [await behind.list_behind(uow, "started", "", None, page) for page in (0, 1, 9)]
    assert pages[1] == pages[2]
    people = [one.telegram_id for page in pages[:2] for one in page.shown]
    assert len(people) == len(set(people)) == pages[0].total


async def test_where_people_stop_is_told_after_three_days(db: Database, clock: StillClock) -> None:
    shop = await open_shop(db)
    here = {"step": "day1", "visit": 1, "entered_at": clock.now().isoformat(), "data": {}, "said": 1}
    async with db.unit(1) as uow:
        version = await publish_flow(uow, make_course("long", steps=[lesson(1)]))
        state = {**dump_run_state(Run.new()), "here": here}
        await add_run(uow, shop.buyer, COURSE_BOT, version.id, state=state)
        assert not (await count_figures(uow)).stops
    clock.advance(days=4)
    async with db.unit(1) as uow:
        (stop,) = (await count_figures(uow)).stops
    assert (stop.step, stop.people, stop.version_id) == ("day1", 1, version.id)
    async with db.unit(1) as uow:
        which = behind.name_stop(stop.version_id, stop.step)
        found = await behind.list_behind(uow, behind.STOP, which, None)
    assert [one.telegram_id for one in found.shown] == [shop.buyer.telegram_id]


def test_money_falls_into_the_days_and_weeks_of_the_readers_calendar() -> None:
    """Sunday at 23:00 in London is Monday in Moscow."""
    now, sunday = datetime(2030, 1, 9, 12, tzinfo=UTC), datetime(2030, 1, 6, 23, tzinfo=UTC)
    assert count_periods([(sunday, 5)], now, "Europe/Moscow", WEEK)[-1][1] == 5
    assert [amount for _, amount in count_periods([(sunday, 5)], now, "Europe/London", WEEK)][-2:] == [5, 0]
    assert [amount for _, amount in count_periods([(sunday, 5)], now, "Europe/Moscow", DAY)][-3:] == [5, 0, 0]


async def test_the_picture_says_the_same_numbers(db: Database) -> None:
    shop = await open_shop(db)
    to = Address(SALES_BOT, OWNER)
    async with db.unit(1) as uow:
        order_id = await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID, paid_at=uow.now)
        payment_id = await add_payment(uow, order_id, status="succeeded")
        line = {"order_id": order_id, "entry": f"pay:{payment_id}:paid", "book": "revenue"}
        await add_ledger_line(uow, payment_id, **line, amount=-190050)
        figures = await count_figures(uow)
        funnel, money = await list_charts(uow, figures, WEEK, shop.buyer)
        assert await ask_picture(uow, figures, WEEK, shop.buyer, to, "numbers")
    assert [one["value"] for one in funnel["data"]["values"]] == [1, 1, 1, 0, 0]
    assert [one["shown"] for one in money["data"]["values"]][-2:] == ["", f"1{NO_BREAK}900,50"]
    assert money["title"] == "Деньги по неделям, RUB"
    (job,) = await read_rows(db, jobs)
    assert job.payload["chat_id"] == OWNER


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2030-01-07T05:59", "2030-01-07T06:00"),
        ("2030-01-07T06:00", "2030-01-14T06:00"),
        ("2030-01-12T12:00", "2030-01-14T06:00"),
    ],
)
def test_the_digest_comes_on_mondays_at_the_owners_hour(now: str, told: str) -> None:
    found = digest.find_next(datetime.fromisoformat(now).replace(tzinfo=UTC), "Europe/Moscow", LocalHour(9))
    assert found.isoformat()[:16] == told


async def _owner(uow: UnitOfWork) -> Contact:
    owner = await find_by_telegram_id(uow, OWNER)
    assert owner
    return owner


async def test_a_week_is_told_once_and_then_the_next(db: Database, clock: StillClock) -> None:
    await open_shop(db)
    async with db.unit(1) as uow:
        owner = await find_by_telegram_id(uow, OWNER) or await add_contact(uow, OWNER)
        await add_chat(uow, SALES_BOT, owner)
        await digest.plan(uow, owner)
        await digest.plan(uow, owner)
    clock.advance(days=7)
    await fire_due(db)
    told = [json.loads(one.payload) for one in await read_rows(db, outbox, chat_id=OWNER)]
    assert len(told) == 1
    (timer,) = await read_rows(db, timers, kind=digest.DIGEST)
    assert timer.due_at > clock.now()
    clock.advance(days=14)
    await fire_due(db)
    assert len(await read_rows(db, outbox, chat_id=OWNER)) == 1  # nothing has happened since
    async with db.unit(1) as uow:
        await digest.switch(uow, await _owner(uow), on=False)
        await digest.plan(uow, await _owner(uow))
    assert not await read_rows(db, timers, kind=digest.DIGEST)
    async with db.unit(1) as uow:
        await digest.switch(uow, await _owner(uow), on=True)
    assert len(await read_rows(db, timers, kind=digest.DIGEST)) == 1
