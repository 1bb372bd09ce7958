"""The numbers over HTTP: each is what a naive count over the same rows gives."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from core.db.keyset import Slice
from core.db.session import Database
from core.flow.run import Run, dump_run_state
from core.lifecycle import ChatState, JobState, OrderStatus, PaymentStatus
from core.roles import MemberRole
from core.text.catalog import has_text
from services.insight.pages.home import NO_ACCESS
from services.insight.store.home import CAUSES
from services.people.conditions import pages
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import PRICE, add_access, add_ledger_line, add_order, add_payment
from tests.factories.shops import Shop
from tests.factories.studies import add_run, add_step
from tests.factories.traffic import add_broadcast, add_job, add_timer
from tests.web.api.callers import Caller, calling, enter
from web.api.catalogue import list_routes
from web.api.insight.home import FIXES

OWNER, ANALYST = 1001, 2002


@pytest.fixture
async def nobody(db: Database) -> AsyncIterator[Caller]:
    async with calling(db) as caller:
        yield caller


async def test_home_says_each_trouble_once_with_its_number(nobody: Caller, db: Database, shop: Shop) -> None:
    paid = {"status": OrderStatus.PAID, "public_id": "P1"}
    async with db.unit(1) as uow:
        long_ago = uow.now - timedelta(hours=2)
        for number in range(3):
            buyer = await add_contact(uow, 600_000 + number)
            order = {**paid, "public_id": f"P{number}", "paid_at": long_ago}
            order_id = await add_order(uow, buyer, shop.basic, **order)
            payment_id = await add_payment(uow, order_id, status=PaymentStatus.SUCCEEDED)
            if number == 0:
                await add_access(uow, buyer.id, shop.basic, payment_id=payment_id)
        await add_job(uow, "check", "dead", state=JobState.DEAD)
        await add_timer(uow, "run", "run:1", due_at=uow.now + timedelta(hours=3))
        await add_timer(uow, "run", "run:2", due_at=uow.now + timedelta(days=3))
    analyst = await enter(nobody, db, ANALYST, MemberRole.ANALYST)
    page = (await analyst.get("/numbers/home")).json()
    assert {line["cause"]: line["number"] for line in page["red"]} == {"no-access": 2, "dead-letters": 1}
    assert page["red"][0]["text"].startswith("2 ")
    assert page["red"][0]["fix"]["operation"] == "listOrders"
    assert [(due["what"], due["number"]) for due in page["due"]] == [("lessons", 1)]
    assert page["today"]["newcomers"]["people"] == 1  # the shop's buyer has opened the sales bot
    unopened = page["red"][0]["condition"]
    assert await _people_of(db, unopened) == {600_001, 600_002}


async def test_each_red_line_has_its_words_and_a_way_to_its_cause(nobody: Caller) -> None:
    application = nobody.http._transport.app  # type: ignore[attr-defined]
    operations = {row["operation"] for row in list_routes(application)["routes"]}
    assert FIXES.keys() == {NO_ACCESS, *CAUSES}
    assert {operation for _, operation in FIXES.values() if operation} <= operations
    for language in ("ru", "en"):
        assert [cause for cause in FIXES if not has_text(f"home-{cause}", language)] == []


async def test_tariffs_and_broadcasts_are_listed(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        said = {"name": "News", "definition": {"name": "News", "text": {"*": "Hello"}}}
        await add_broadcast(uow, shop.sales_bot, **said)
    owner = await enter(nobody, db, OWNER)
    tariffs = (await owner.get("/tariffs", is_on_sale=True, count=True)).json()
    assert [(item["code"], len(item["groups"])) for item in tariffs["items"]] == [("basic", 0), ("club", 2)]
    one = await owner.get(f"/tariffs/{tariffs['items'][0]['id']}")
    assert (one.json(), one.headers["etag"]) == (tariffs["items"][0], f'"{tariffs["items"][0]["etag"]}"')
    [broadcast] = (await owner.get("/broadcasts", status="running")).json()["items"]
    detail = (await owner.get(f"/broadcasts/{broadcast['id']}")).json()
    assert (broadcast["name"], detail["document"]["text"], detail["tally"]["total"]) == (
        "News",
        "Hello",
        1,
    )


async def _people_of(db: Database, condition: Any) -> set[int]:
    """Whom a condition lists, by their Telegram ids."""
    async with db.unit(1) as uow:
        people = await pages.read_people(uow, condition)
        listed = await pages.list_people(uow, people, Slice(pages.ORDERS["id"], 200))
        return {facts.contact.telegram_id for facts in listed}


@dataclass
class Buyer:
    """Somebody, as a naive count knows them."""

    telegram_id: int
    opened_at: datetime
    ordered: list[datetime] = field(default_factory=list)
    paid: list[tuple[datetime, int, str | None]] = field(default_factory=list)  # when, what stayed, source
    has_shut: bool = False


async def _add_buyers(db: Database, shop: Shop, chance: Random) -> list[Buyer]:
    buyers = []
    async with db.unit(1) as uow:
        for number in range(12):
            opened_at = uow.now - timedelta(days=chance.randrange(80))
            buyer = Buyer(700_000 + number, opened_at, has_shut=chance.random() < 0.3)
            contact = await add_contact(uow, buyer.telegram_id)
            state = ChatState.BLOCKED if buyer.has_shut else ChatState.OPEN
            await add_chat(uow, shop.sales_bot, contact, opened_at=opened_at, state=state)
            for order in range(chance.randrange(3)):
                at = opened_at + timedelta(hours=chance.randrange(1, 300))
                source = chance.choice([None, "blog", "ads"])
                is_paid = chance.random() < 0.6
                back = chance.choice([0, 0, 1_000, PRICE])
                order_id = await add_order(
                    uow,
                    contact,
                    shop.basic,
                    public_id=f"R{number}{order}",
                    created_at=at,
                    utm=source and {"utm_source": source},
                    is_gift=True,
                    **({"status": OrderStatus.PAID, "paid_at": at} if is_paid else {}),
                )
                buyer.ordered.append(at)
                if is_paid:
                    paid = {"status": PaymentStatus.SUCCEEDED, "settled_at": at, "refunded": back}
                    payment_id = await add_payment(uow, order_id, **paid)
                    entry = {"entry": f"pay:{payment_id}:paid", "order_id": order_id, "at": at}
                    await add_ledger_line(uow, payment_id, **entry, book="revenue", amount=-PRICE)
                    buyer.paid.append((at, PRICE - back, source))
            buyers.append(buyer)
    return buyers


@pytest.mark.parametrize("seed", range(3))
async def test_each_number_is_a_naive_count_and_lists_its_people(
    nobody: Caller, db: Database, shop: Shop, seed: int
) -> None:
    buyers = await _add_buyers(db, shop, Random(seed))
    analyst = await enter(nobody, db, ANALYST, MemberRole.ANALYST)
    async with db.unit(1) as uow:
        since, until = uow.now - timedelta(days=60), uow.now - timedelta(days=10)
        itself = (shop.buyer.telegram_id, uow.now)  # the shop's own buyer, who has only opened it
    period = {"since": since.isoformat(), "until": until.isoformat()}
    funnel = (await analyst.get("/numbers/funnel", **period)).json()["stages"]
    stages = {stage["stage"]: stage for stage in funnel}
    expected = {
        "started": {one.telegram_id for one in buyers if since <= one.opened_at < until},
        "chose": {one.telegram_id for one in buyers if any(since <= at < until for at in one.ordered)},
        "paid": {one.telegram_id for one in buyers if any(since <= at < until for at, _, _ in one.paid)},
        "entered": set[int](),
        "finished": set[int](),
    }
    for name, people in expected.items():
        assert stages[name]["people"] == len(people), name
        assert await _people_of(db, stages[name]["condition"]) == people, name
    sources = (await analyst.get("/numbers/sources", since=since.isoformat())).json()["sources"]
    sold = [(source, one.telegram_id) for one in buyers for at, _, source in one.paid if at >= since]
    assert {line["source"]: line["orders"] for line in sources} == Counter(name for name, _ in sold)
    for line in sources:
        theirs = {person for name, person in sold if name == line["source"]}
        assert line["revenue"] == [{"amount": PRICE * line["orders"], "currency": "RUB"}]
        assert (line["buyers"]["people"], await _people_of(db, line["buyers"]["condition"])) == (
            len(theirs),
            theirs,
        )
    worth = (await analyst.get("/numbers/ltv")).json()["worth"]
    stayed = sum(left for one in buyers for _, left, _ in one.paid)
    payers = {one.telegram_id for one in buyers if one.paid}
    assert [line["average"]["amount"] for line in worth] == ([stayed // len(payers)] if payers else [])
    assert [await _people_of(db, line["payers"]["condition"]) for line in worth] == (
        [payers] if payers else []
    )
    cohorts = (await analyst.get("/numbers/cohorts", months=4)).json()["cohorts"]
    for cohort in cohorts:
        begins, ends = (datetime.fromisoformat(cohort[name]) for name in ("since", "until"))
        came = [one for one in buyers if begins <= one.opened_at < max(ends, begins)]
        others = {itself[0]} if cohort is cohorts[0] else set()
        today = {one.telegram_id for one in buyers if cohort is cohorts[0] and one.opened_at >= ends}
        assert (
            await _people_of(db, cohort["came"]["condition"])
            == {one.telegram_id for one in came} | others | today
        )
        paid = {one.telegram_id for one in buyers if one.paid and (one in came or one.telegram_id in today)}
        assert (cohort["paid"]["people"], await _people_of(db, cohort["paid"]["condition"])) == (
            len(paid),
            paid,
        )
    bots = (await analyst.get("/numbers/availability")).json()["bots"]
    shut = next(line["shut_out"] for line in bots if line["kind"] == "sales")
    assert await _people_of(db, shut["condition"]) == {one.telegram_id for one in buyers if one.has_shut}


async def test_steps_have_their_stops_and_their_answers(nobody: Caller, db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        for number, score in enumerate((1.0, 0.0, 0.5)):
            contact = await add_contact(uow, 800_000 + number)
            here = {"step": "day1", "visit": 1, "entered_at": uow.now.isoformat(), "data": {}, "said": 1}
            state = {**dump_run_state(Run.new()), "here": here}
            long_ago = uow.now - timedelta(days=5 if number else 1)
            run_id = await add_run(uow, contact, COURSE_BOT, shop.course.id, state=state, spoke_at=long_ago)
            await add_step(uow, run_id, step="quiz", score=score, max_score=1.0)
    analyst = await enter(nobody, db, ANALYST, MemberRole.ANALYST)
    [stop] = (await analyst.get("/numbers/drop-off")).json()["stops"]
    assert (stop["flow"], stop["step"], stop["stopped"]["people"]) == ("words", "day1", 2)
    assert await _people_of(db, stop["stopped"]["condition"]) == {800_001, 800_002}
    [quiz] = (await analyst.get("/numbers/quizzes")).json()["quizzes"]
    assert (quiz["answers"], quiz["right"], quiz["points"], quiz["most"]) == (3, 1, 1.5, 3.0)
    assert await _people_of(db, quiz["answered"]["condition"]) == {800_000, 800_001, 800_002}
