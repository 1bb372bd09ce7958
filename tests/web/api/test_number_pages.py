"""Days, sales, courses and reviewers over HTTP: each number is what a naive count over the same rows gives."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from core.db.session import Database
from core.flow.events import Verdict
from core.flow.run import RunStatus
from core.lifecycle import OrderStatus, PaymentStatus, QuestionStatus
from core.roles import MemberRole
from services.people.conditions import pages, read_audience
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import PRICE, add_ledger_line, add_order, add_payment
from tests.factories.shops import Shop
from tests.factories.studies import add_question, add_review, add_run, add_submission
from tests.web.api.callers import Caller, calling, enter

ANALYST, CLARA = 2002, 3003


@pytest.fixture
async def analyst(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield await enter(caller, db, ANALYST, MemberRole.ANALYST)


async def test_days_are_a_naive_count_of_newcomers_and_money(
    analyst: Caller, db: Database, shop: Shop
) -> None:
    chance = Random(1)
    came: Counter[date] = Counter()
    earned: Counter[date] = Counter()
    async with db.unit(1) as uow:
        zone = ZoneInfo((await analyst.get("/numbers/home")).json()["today"]["zone"])
        came[uow.now.astimezone(zone).date()] += 1  # the shop's own buyer
        for number in range(40):
            at = uow.now - timedelta(minutes=chance.randrange(12 * 24 * 60))
            contact = await add_contact(uow, 700_000 + number)
            await add_chat(uow, shop.sales_bot, contact, opened_at=at)
            came[at.astimezone(zone).date()] += 1
            if chance.random() < 0.5:
                order_id = await add_order(
                    uow, contact, shop.basic, public_id=f"D{number}", status=OrderStatus.PAID, paid_at=at
                )
                payment_id = await add_payment(uow, order_id, status=PaymentStatus.SUCCEEDED, settled_at=at)
                line = {"entry": f"pay:{payment_id}:paid", "order_id": order_id, "at": at}
                await add_ledger_line(uow, payment_id, **line, book="revenue", amount=-PRICE)
                earned[at.astimezone(zone).date()] += PRICE
    days = (await analyst.get("/numbers/days", days=7)).json()["days"]
    assert len(days) == 7
    for day in days:
        on = date.fromisoformat(day["day"])
        assert day["newcomers"]["people"] == came[on], on
        assert sum(each["amount"] for each in day["revenue"]) == earned[on], on
        async with db.looking(1) as uow:
            people = await read_audience(uow, day["newcomers"]["condition"])
            assert await pages.count_people(uow, people, None) == came[on], on
    sold = (await analyst.get("/numbers/sales")).json()
    assert [sum_["amount"] for sum_ in sold["revenue"]] == [sum(earned.values())]
    [basic] = sold["tariffs"]
    assert (basic["orders"], basic["chosen"]) == (sum(earned.values()) // PRICE,) * 2


async def test_courses_tell_who_is_on_the_way(analyst: Caller, db: Database, shop: Shop) -> None:
    statuses = [RunStatus.ACTIVE, RunStatus.ACTIVE, RunStatus.HELD, RunStatus.COMPLETED]
    async with db.unit(1) as uow:
        for number, status in enumerate(statuses):
            contact = await add_contact(uow, 800_000 + number)
            await add_run(uow, contact, COURSE_BOT, shop.course.id, status=status)
    flows = {flow["flow"]: flow for flow in (await analyst.get("/numbers/progress")).json()["flows"]}
    course = flows["words"]
    for status, number in Counter(statuses).items():
        assert course[status]["people"] == number
        async with db.looking(1) as uow:
            people = await read_audience(uow, course[status]["condition"])
            assert await pages.count_people(uow, people, None) == number
    assert course["stopped"]["people"] == 0


async def test_reviewers_are_told_with_their_usual_wait(analyst: Caller, db: Database, shop: Shop) -> None:
    hours = [1, 2, 30]
    async with db.unit(1) as uow:
        await add_contact(uow, CLARA, first_name="Clara", last_name="")
        for number, waited in enumerate(hours):
            contact = await add_contact(uow, 800_000 + number)
            run_id = await add_run(uow, contact, COURSE_BOT, shop.course.id)
            work = await add_submission(uow, run_id, handed_in_at=uow.now - timedelta(hours=waited))
            verdict = Verdict.ACCEPTED if number else Verdict.NEEDS_WORK
            await add_review(uow, work, reviewer_id=CLARA, verdict=verdict.value, at=uow.now)
        asked = {"status": QuestionStatus.ANSWERED, "answered_by": CLARA, "answered_at": uow.now}
        await add_question(uow, contact, COURSE_BOT, asked_at=uow.now - timedelta(hours=3), **asked)
    [clara] = (await analyst.get("/numbers/reviewers")).json()["reviewers"]
    assert (clara["name"], clara["accepted"], clara["sent_back"], clara["questions"]) == ("Clara", 2, 1, 1)
    assert clara["usual_wait_seconds"] == median([*hours, 3]) * 3600


async def test_a_moment_of_a_year_nobody_means_is_refused(analyst: Caller) -> None:
    for at in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        for path in ("sales", "reviewers", "funnel"):
            assert (await analyst.get(f"/numbers/{path}", since=at)).status_code in {400, 422}, (path, at)
